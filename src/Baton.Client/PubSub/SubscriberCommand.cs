namespace Baton.Client;

/// <summary>
/// Commands to subscribe or unsubscribe, with a PING behind them. They are answered by pushes, or by errors, which say nothing of the channel; PING's
/// reply says that there are no more of either. Also the marker at the end of what a connection delivers.
/// </summary>
internal sealed class SubscriberCommand : PendingCommand
{
    private readonly Action<SubscriberCommand> _answered;

    /// <param name="topics">What is subscribed to; empty when nothing is.</param>
    /// <param name="frame">The commands and the PING.</param>
    /// <param name="startedMs">Now.</param>
    /// <param name="answered">Called on the reader, with everything that came before the PING's reply taken.</param>
    public SubscriberCommand(IReadOnlyList<Topic> topics, byte[] frame, long startedMs, Action<SubscriberCommand> answered)
    {
        Restart(null);
        Topics = topics;
        Frame = frame;
        _answered = answered;
        Traits = CommandTraits.PubSub;
        StartedMs = startedMs;

        // Whoever waits has a limit; the connection is watched by what it does not answer.
        OwnLimitMs = long.MaxValue;
    }

    /// <summary>What is subscribed to.</summary>
    public IReadOnlyList<Topic> Topics { get; }

    /// <summary>The bytes.</summary>
    public byte[] Frame { get; }

    /// <summary>The first error the server answered with.</summary>
    public RedisServerException? Refusal { get; private set; }

    /// <inheritdoc/>
    public override Exception? Error => Refusal;

    /// <inheritdoc/>
    public override bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries)
    {
        if (frame[0] is (byte)'-' or (byte)'!')
        {
            var reader = new Baton.Protocol.Resp.RespReader(frame);
            reader.Read();
            var error = RedisServerException.From(reader.Value);

            // Who may subscribe need not be allowed to PING; that refusal is as good a marker as PONG.
            if (error.Code != "NOPERM" || !error.Message.Contains("'ping'", StringComparison.OrdinalIgnoreCase))
            {
                Refusal ??= error;
                return false;
            }
        }

        if (TryClaim())
        {
            _answered(this);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Execute()
    {
    }

    /// <inheritdoc/>
    protected override void SetError(Exception error)
    {
        // The connection has ended, and the hub is told of that by the slot.
    }

    /// <inheritdoc/>
    protected override void Dispatch(Deliveries? deliveries) => EndObservation();
}
