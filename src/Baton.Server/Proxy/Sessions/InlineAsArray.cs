using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <summary>Turns an inline command (<c>GET k</c>) into the array form, so that all that follows knows one form only.</summary>
internal sealed class InlineAsArray
{
    private readonly OutputBuffer _bytes = new(static _ => { });

    /// <summary>Has scanned <see cref="Bytes"/>.</summary>
    public RequestScanner Scanner { get; } = new();

    /// <summary>The command as an array of bulk strings.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Pending;

    /// <summary>Takes over the inline command <paramref name="scanner"/> has found.</summary>
    public void Rewrite(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        _bytes.Release();
        RespWriter.WriteArrayHeader(_bytes, scanner.ArgumentCount);
        for (int i = 0; i < scanner.ArgumentCount; i++)
        {
            RespWriter.WriteBulk(_bytes, scanner.Argument(data, i));
        }

        Scanner.Reset();
        Scanner.Scan(_bytes.Pending);
    }
}
