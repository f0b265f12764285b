namespace Baton.Protocol.Resp;

/// <summary>Bytes that are not RESP.</summary>
public sealed class RespFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    public RespFormatException(string message)
        : base(message)
    {
    }
}
