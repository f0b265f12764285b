using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Bench.Handoff.Load;

/// <summary>A connection past the relays: what the server itself has, whatever clients say. One caller at a time.</summary>
internal sealed class DirectConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    /// <summary>Connects.</summary>
    public static async Task<DirectConnection> OpenAsync(IPEndPoint server)
    {
        var connection = new DirectConnection();
        await connection._socket.ConnectAsync(server).ConfigureAwait(false);
        return connection;
    }

    /// <summary>Sends commands in one go and gives their replies.</summary>
    /// <exception cref="BenchException">The server closed, or replied with an error.</exception>
    public async Task<RawReply[]> ExecuteAsync(params string[][] commands)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(commands.Select(Frame)))).ConfigureAwait(false);
        var replies = new RawReply[commands.Length];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = await ReadAsync().ConfigureAwait(false);
        }

        return Array.Find(replies, static reply => reply.IsError) is { } error ? throw new BenchException($"redis-server: {error.Text}") : replies;
    }

    /// <summary>A counter's value.</summary>
    public async Task<long> CountAsync(string key) => (await ExecuteAsync(["GET", key]).ConfigureAwait(false))[0].IntegerOrNull ?? 0;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static string Frame(string[] words) =>
        string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n{string.Concat(words.Select(Bulk))}");

    private static string Bulk(string word) => string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");

    private async Task<RawReply> ReadAsync()
    {
        RawReply? reply;
        int length;
        while (_filled == 0 || !RawReply.TryRead(_buffer.AsSpan(0, _filled), out reply, out length))
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled)).ConfigureAwait(false);
            _filled += count > 0 ? count : throw new BenchException("redis-server closed a connection");
        }

        _buffer.AsSpan(length, _filled - length).CopyTo(_buffer);
        _filled -= length;
        return reply!;
    }
}
