namespace Baton.Client;

/// <summary>Publishing.</summary>
public abstract partial class RedisCommands
{
    /// <summary>PUBLISH: how many subscribers of this server got it.</summary>
    public ValueTask<long> PublishAsync(RedisKey channel, RedisValue message, CancellationToken cancellationToken = default) =>
        WriteAsync("PUBLISH"u8, ReplyReaders.Int64, cancellationToken, channel, message);

    /// <summary>SPUBLISH, to a sharded channel: how many subscribers of this server got it.</summary>
    public ValueTask<long> SPublishAsync(RedisKey channel, RedisValue message, CancellationToken cancellationToken = default) =>
        WriteAsync("SPUBLISH"u8, ReplyReaders.Int64, cancellationToken, channel, message);

    /// <summary>PUBSUB CHANNELS: channels somebody is subscribed to.</summary>
    public ValueTask<string[]> PubSubChannelsAsync(RedisValue? pattern = null, CancellationToken cancellationToken = default) =>
        pattern is { } given
            ? ReadAsync("PUBSUB"u8, ReplyReaderFor<string>.Array, cancellationToken, "CHANNELS", given)
            : ReadAsync("PUBSUB"u8, ReplyReaderFor<string>.Array, cancellationToken, "CHANNELS");

    /// <summary>PUBSUB NUMSUB: how many subscribers each of the channels has.</summary>
    public ValueTask<Dictionary<string, long>> PubSubNumSubAsync(
        ReadOnlySpan<RedisKey> channels, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("PUBSUB"u8, CommandTraits.ReadOnly);
        command.AddBytes("NUMSUB"u8);
        command.Add(channels);
        return SendAsync(ref command, HashReplies<long>.Fields, cancellationToken);
    }

    /// <summary>PUBSUB NUMPAT: how many patterns are subscribed to.</summary>
    public ValueTask<long> PubSubNumPatAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("PUBSUB"u8, ReplyReaders.Int64, cancellationToken, "NUMPAT");
}
