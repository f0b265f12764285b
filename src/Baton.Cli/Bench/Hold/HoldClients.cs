using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Baton.Cli.Bench.Hold;

/// <summary>Plain connections that hold what a <see cref="HoldCase"/> says until they are disposed.</summary>
internal sealed class HoldClients : IAsyncDisposable
{
    /// <summary>Connections that are made at the same time.</summary>
    private const int AtOnce = 64;

    private const int PipelinedAtOnce = 500;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);

    private readonly List<Socket> _sockets = [];
    private readonly IPEndPoint _address;

    private HoldClients(IPEndPoint address) => _address = address;

    /// <summary>Makes them.</summary>
    /// <exception cref="BenchException">A connection or a command was refused.</exception>
    public static async Task<HoldClients> StartAsync(IPEndPoint address, HoldCase what, int count, CancellationToken cancellationToken)
    {
        var clients = new HoldClients(address);
        try
        {
            if (what.Links == 0 && count > 0)
            {
                await clients.PipelineAsync(Enumerable.Range(0, count).Select(what.Command!), cancellationToken).ConfigureAwait(false);
            }
            else if (count > 0)
            {
                await clients.ConnectAsync(what, count, cancellationToken).ConfigureAwait(false);
            }

            return clients;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            await clients.DisposeAsync().ConfigureAwait(false);
            throw new BenchException($"{count} clients with {what.Name}: {e.Message}");
        }
    }

    /// <summary>They end, and what they held in the database with them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
        try
        {
            await PipelineAsync(["SCRIPT FLUSH"], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // What was to be measured is gone, and says so itself.
        }

        await Task.Delay(EndLimit, TimeProvider.System).ConfigureAwait(false);
    }

    private async Task PipelineAsync(IEnumerable<string> commands, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_address, cancellationToken).ConfigureAwait(false);
        foreach (var batch in commands.Chunk(PipelinedAtOnce))
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(batch.Select(static command => command + "\r\n"))), cancellationToken)
                .ConfigureAwait(false);
            await ReceiveAsync(socket, batch.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync(HoldCase what, int count, CancellationToken cancellationToken)
    {
        for (var first = 0; first < count; first += AtOnce)
        {
            var slice = Enumerable.Range(first, Math.Min(AtOnce, count - first)).Select(n => SayAsync(n)).ToArray();
            _sockets.AddRange(await Task.WhenAll(slice).ConfigureAwait(false));
        }

        async Task<Socket> SayAsync(int n)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_address, cancellationToken).ConfigureAwait(false);
            await socket.SendAsync(Encoding.ASCII.GetBytes(what.Command!(n) + "\r\n"), cancellationToken).ConfigureAwait(false);
            if (what.Answers)
            {
                await ReceiveAsync(socket, 1, cancellationToken).ConfigureAwait(false);
            }

            return socket;
        }
    }

    // Enough for the replies of these cases: each has one line that begins with its kind, or is a subscription's last.
    private static async Task ReceiveAsync(Socket socket, int replies, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(AnswerLimit, TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var buffer = new byte[64 * 1024];
        while (replies > 0)
        {
            var received = await socket.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false);
            if (received == 0)
            {
                throw new IOException("the connection was closed");
            }

            var text = Encoding.ASCII.GetString(buffer, 0, received);
            if (text.StartsWith('-'))
            {
                throw new IOException(text.Trim());
            }

            replies -= text.Count(static character => character is ':' or '+');
        }
    }
}
