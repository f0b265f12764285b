namespace Baton.Server.Engines;

/// <summary>Every bound of starting, asking and stopping an engine instance.</summary>
public sealed record EngineLimits
{
    /// <summary>The defaults.</summary>
    public static EngineLimits Default { get; } = new();

    /// <summary>Longest time until a new instance shows a sign of life. Default 20 s.</summary>
    public TimeSpan SpawnLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest time to load its data. Default 10 min.</summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait for one answer. Default 5 s.</summary>
    public TimeSpan CommandLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest orderly end; then it is ended hard. Default 15 s.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many free ports are tried when the one found was taken meanwhile. Default 5.</summary>
    public int PortAttempts { get; init; } = 5;

    /// <summary>Bytes of an instance's log file before it is rotated; one older file is kept. Default 1 MiB.</summary>
    public long LogFileBytes { get; init; } = 1024 * 1024;

    /// <summary>Last lines of an instance's output that are quoted when it fails. Default 20.</summary>
    public int QuotedLogLines { get; init; } = 20;
}
