namespace Baton.Client.StackExchangeRedis;

/// <summary>What to do with the beginning of the bytes StackExchange.Redis writes.</summary>
/// <param name="Send">So many bytes go out as they are,</param>
/// <param name="Then">then these,</param>
/// <param name="Consumed">and the bytes behind these are still to be looked at.</param>
internal readonly record struct RequestPiece(int Send, ReadOnlyMemory<byte> Then, int Consumed);
