namespace Baton.Client;

/// <summary>Takes a push frame, whose bytes live until the call returns. Must not block.</summary>
internal delegate void PushHandler(RedisConnection connection, ReadOnlySpan<byte> frame);
