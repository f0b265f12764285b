using System.Text;

namespace Baton.Client;

/// <summary>The server answered with an error. The connection is fine.</summary>
public sealed class RedisServerException : RedisException
{
    internal RedisServerException(string code, string message)
        : base(message, CommandOutcome.Refused)
    {
        Code = code;
        IsSafeToRepeat = code is "LOADING" or "TRYAGAIN" or "CLUSTERDOWN" or "MASTERDOWN" or "BUSY" or "READONLY";
    }

    /// <summary>The error's first word: <c>ERR</c>, <c>WRONGTYPE</c>, <c>NOSCRIPT</c>, <c>OOM</c> ...</summary>
    public string Code { get; }

    internal static RedisServerException From(ReadOnlySpan<byte> text)
    {
        var message = Encoding.UTF8.GetString(text);
        var blank = message.IndexOf(' ', StringComparison.Ordinal);
        return new RedisServerException(blank < 0 ? message : message[..blank], message);
    }
}
