namespace MyKey.Kernel.Chain;

/// <summary>The last block of a chain that an audit has found whole.</summary>
public sealed record ChainEnd(long Height, byte[] Hash);
