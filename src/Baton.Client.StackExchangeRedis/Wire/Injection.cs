namespace Baton.Client.StackExchangeRedis;

/// <summary>Something the adapter has asked on a connection StackExchange.Redis uses: its answers are swallowed.</summary>
/// <param name="first">The PING before it; null when the last one is all there is.</param>
/// <param name="last">The PING behind it.</param>
internal sealed class Injection(byte[]? first, byte[] last)
{
    /// <summary>True when the answers from here on belong to it.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The connection ends for StackExchange.Redis with its answer.</summary>
    public bool EndsLink { get; set; }

    /// <summary>Completes with the answer.</summary>
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Looks at a reply. True when it belongs to this; <see cref="Answered"/> is completed with the last one.</summary>
    public bool Takes(ReadOnlySpan<byte> frame)
    {
        if (!IsOpen && first is not null)
        {
            IsOpen = PingMark.IsAnswer(frame, first);
            return IsOpen;
        }

        if (PingMark.IsAnswer(frame, last))
        {
            Answered.TrySetResult();
            return true;
        }

        return IsOpen;
    }
}
