using MyKey.App.Grants;
using MyKey.Kernel;

namespace MyKey.App.GrantBatches;

/// <summary>Whether the points of a file need another officer: what a screen says before it is decided.</summary>
public sealed class BatchFourEyes(GrantConditions conditions, FindGrants grants, TimeProvider clock)
{
    public Task<AloneMost> Alone(GrantBatch batch) => conditions.Alone(batch.Municipality, batch.Programme);

    /// <summary>Of a stored file: by what this officer has granted until now.</summary>
    public async Task<bool> Needed(GrantBatch batch, Actor asker, CancellationToken stop) => batch.Stage switch
    {
        BatchStage.Stored => !await grants.Fits(new GrantCount(asker, batch.Municipality, batch.Programme, clock.Today()), batch.Points.Value, await Alone(batch), stop),
        BatchStage.Waiting => true,
        _ => batch.DecidedBy is not null,
    };
}
