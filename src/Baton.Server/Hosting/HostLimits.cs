namespace Baton.Server.Hosting;

/// <summary>How long the parts of a cluster may take to start and to end.</summary>
internal static class HostLimits
{
    /// <summary>From the start to the moment all databases serve; loading their data is most of it. 10 min.</summary>
    public static readonly TimeSpan StartOfDatabases = TimeSpan.FromMinutes(10);

    /// <summary>The end of one part; what takes longer is left to the end of the process. 20 s.</summary>
    public static readonly TimeSpan EndOfPart = TimeSpan.FromSeconds(20);
}
