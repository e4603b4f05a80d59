using Dapper;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Libraries;

/// <summary>現住所の変更通知: the provider says whether it wants to hear that an address has changed (S0-5014a). The citizen cannot (S0-5014b).</summary>
public sealed class SetNotice(Database database, Buckets buckets, CitizenTokens tokens, LendingWays ways, OperationLog log)
{
    private const string Update = "update lib_link set notice = @Notice where bucket = @Bucket and citizen = @citizen and provider = @Provider and notice <> @Notice";

    /// <returns>The link; <c>not_linked</c>, and as <see cref="MakeLink.Run(ProviderDesk, WantedLink, CancellationToken)"/> for who may. The token is not taken: the counter may go on.</returns>
    public async Task<Result<ServiceLink>> Run(ProviderDesk desk, string token, bool on, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.MakeLink).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(token, desk.Device, null, stop);
        if (shown.Refused is { } nobody) return nobody;
        if (!await ways.IsEnough(desk.Device, shown.Value.Way)) return Refusal.Of("step_up_required");
        var citizen = shown.Value.Citizen.Id;
        return await database.WriteOrRefuse<ServiceLink>(async tx =>
        {
            var row = new { Bucket = buckets.Of(citizen.Value), citizen, Provider = desk.Provider.Id, Notice = on ? 1 : 0 };
            var changed = await tx.Connection.ExecuteAsync(Update, row, tx.Handle) == 1;
            if (await tx.Connection.QuerySingleOrDefaultAsync<LinkRow>(FindLinks.OfProvider, new { row.Bucket, citizen, provider = desk.Provider.Id }, tx.Handle) is not { } link) return Refusal.Of("not_linked");
            if (changed) await log.Write(tx, new Operation("link.notice_set", desk.Device.Actor, desk.Provider.Id.Value, citizen, desk.Device.Id, on ? "off" : "on", on ? "on" : "off"));
            return link.Read();
        }, stop);
    }
}
