namespace Baton.TestKit.Memory;

/// <summary>Time that only moves when a <see cref="MemoryDriver"/> has nothing else to do.</summary>
public sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _ms;

    /// <summary>Milliseconds since the start.</summary>
    public long NowMs => Interlocked.Read(ref _ms);

    /// <inheritdoc/>
    public override long TimestampFrequency => 1000;

    /// <inheritdoc/>
    public override long GetTimestamp() => NowMs;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start.AddMilliseconds(NowMs);

    /// <summary>Moves on; never back.</summary>
    internal void MoveTo(long ms) => Interlocked.Exchange(ref _ms, Math.Max(_ms, ms));
}
