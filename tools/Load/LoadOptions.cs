namespace MyKey.Load;

/// <summary>What was asked for on the command line.</summary>
internal sealed record LoadOptions
{
    public required int Accounts { get; init; }

    /// <summary>Length of a turn.</summary>
    public required int Seconds { get; init; }

    /// <summary>Payments that wait for their answer at any moment.</summary>
    public required int InFlight { get; init; }

    public required int Seed { get; init; }

    /// <summary>Of a hundred payments so many ask for more than the account holds.</summary>
    public required int RefusedPercent { get; init; }

    /// <summary>Payments go over HTTP to an App, not straight into the ledger.</summary>
    public required bool Http { get; init; }

    /// <summary>Over HTTP: connections, each with one payment at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Over HTTP: of the accounts so many belong to people with a MyKey ID, who pay.</summary>
    public required int People { get; init; }

    public required int Writers { get; init; }

    public required bool Seal { get; init; }

    public required bool Sqlite { get; init; }

    /// <summary>A server that is there already; otherwise one of our own is started.</summary>
    public required string? Postgres { get; init; }

    public required bool Baseline { get; init; }

    /// <summary>How often each takes its turn with --baseline.</summary>
    public required int Rounds { get; init; }

    public required bool Json { get; init; }

    /// <summary>One work beside payments instead of payments.</summary>
    public string? Work { get; init; }

    /// <summary>How much of that work; null: as much as its bar asks for.</summary>
    public int? Size { get; init; }

    public int Shops => 5_000;
}
