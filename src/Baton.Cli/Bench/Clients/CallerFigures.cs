using HdrHistogram;

namespace Baton.Cli.Bench.Clients;

/// <summary>
/// One caller of a leg: how many commands it has done, and how long every sixteenth took (to time each would cost a fast client a good part
/// of its own time). Written by its caller alone.
/// </summary>
internal sealed class CallerFigures(TimeProvider time, LegSwitch legSwitch)
{
    /// <summary>One command in so many is timed.</summary>
    public const int TimedOneIn = 16;

    private const long LongestMicroseconds = 60_000_000;
    private const int SignificantDigits = 2;

    private long _commands;

    /// <summary>Commands done; to be read by anyone.</summary>
    public long Commands => Volatile.Read(ref _commands);

    /// <summary>Latencies in microseconds, while the leg was measured.</summary>
    public LongHistogram Latencies { get; } = new(LongestMicroseconds, SignificantDigits);

    /// <summary>Whether to go on.</summary>
    public bool GoesOn => !legSwitch.IsOver;

    /// <summary>A command begins: the moment, or 0 when it is not to be timed.</summary>
    public long Begin() => _commands % TimedOneIn == 0 && legSwitch.IsMeasured ? time.GetTimestamp() : 0;

    /// <summary>It has ended.</summary>
    public void End(long began)
    {
        Volatile.Write(ref _commands, _commands + 1);
        if (began != 0)
        {
            Latencies.RecordValue(Math.Clamp((long)time.GetElapsedTime(began).TotalMicroseconds, 1, LongestMicroseconds));
        }
    }
}
