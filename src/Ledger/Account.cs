using System.Globalization;

namespace MyKey.Ledger;

/// <summary>Kinds of account. The numbers stand in records and never change.</summary>
public enum AccountKind
{
    /// <summary>A citizen's points of one municipality; kept in lots. Owner: the citizen.</summary>
    Holding = 1,

    /// <summary>What a programme of the issuer has given out, as a negative balance. Owner: the programme.</summary>
    Budget = 2,

    /// <summary>What an acceptor has taken. Owner: the acceptor.</summary>
    Acceptor = 3,

    /// <summary>Lapsed points of the issuer. No owner.</summary>
    Expired = 4,

    /// <summary>What a partner has bought of the issuer's points for citizens, as a negative balance: it owes as many yen (S2-P12a). Owner: the partner.</summary>
    Partner = 5,
}

/// <summary>
/// An account is named by what it is: kind, issuer (who owes the points) and owner. A counter-account has its part in every bucket; its
/// balance is their sum.
/// </summary>
/// <param name="Owner">Citizen, programme, acceptor or partner; the zero id where the kind has none.</param>
public readonly record struct Account(AccountKind Kind, MunicipalityCode Issuer, Guid Owner)
{
    public static Account Holding(MunicipalityCode issuer, CitizenId citizen) => new(AccountKind.Holding, issuer, citizen.Value);

    public static Account Budget(MunicipalityCode issuer, ProgrammeId programme) => new(AccountKind.Budget, issuer, programme.Value);

    public static Account Acceptor(MunicipalityCode issuer, AcceptorId acceptor) => new(AccountKind.Acceptor, issuer, acceptor.Value);

    public static Account Expired(MunicipalityCode issuer) => new(AccountKind.Expired, issuer, Guid.Empty);

    public static Account Partner(MunicipalityCode issuer, PartnerId partner) => new(AccountKind.Partner, issuer, partner.Value);

    /// <summary>Whether points in it lie in lots with dates of their own.</summary>
    public bool KeepsLots => Kind == AccountKind.Holding;

    /// <summary><c>kind.issuer.owner</c>, the form in which an account stands in the legs of a transfer row.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Kind}.{Issuer.Value}.{Owner:N}");
}
