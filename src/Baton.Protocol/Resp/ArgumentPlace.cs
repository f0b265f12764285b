namespace Baton.Protocol.Resp;

/// <summary>Where an argument lies in its frame, or in the unquoted copy of an inline command.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ArgumentPlace(int Offset, int Length);
