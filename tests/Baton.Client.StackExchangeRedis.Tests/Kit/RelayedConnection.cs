using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis.Tests.Kit;

/// <summary>One client of the relay and its connection to the server.</summary>
internal sealed class RelayedConnection(HandoffRelay relay, Socket client, int server, X509Certificate2? certificate)
{
    /// <summary>Its reply is +OK, as the opt-in's.</summary>
    private static readonly byte[] HarmlessCommand = "*3\r\n$6\r\nCLIENT\r\n$8\r\nNO-EVICT\r\n$3\r\nOFF\r\n"u8.ToArray();

    private readonly Socket _upstream = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Queue<byte[]> _pushes = new();
    private readonly ReplyScanner _replies = new();
    private Stream? _stream;

    public bool HasOptedIn { get; private set; }

    public bool IsOpen { get; private set; } = true;

    /// <summary>At once, or behind the reply that is being sent.</summary>
    public void Push(string frame)
    {
        _sending.Wait();
        _pushes.Enqueue(Encoding.Latin1.GetBytes(frame));
        if (!_replies.InsideFrame)
        {
            SendPushes();
        }

        _sending.Release();
    }

    public void Close()
    {
        IsOpen = false;
        client.Dispose();
        _upstream.Dispose();
    }

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            _stream = await SecuredAsync();
            await _upstream.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server));
            await Task.WhenAny(RequestsAsync(), RepliesAsync());
        }
        catch (Exception error) when (IsEnd(error))
        {
            // One side is gone.
        }

        Close();
    }

    private async Task<Stream> SecuredAsync()
    {
        var stream = new NetworkStream(client);
        if (certificate is null)
        {
            return stream;
        }

        var secured = new SslStream(stream);
        await secured.AuthenticateAsServerAsync(certificate);
        return secured;
    }

    private async Task RequestsAsync()
    {
        var scanner = new RequestScanner();
        var pending = Array.Empty<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            for (var read = await _stream!.ReadAsync(buffer); read > 0; read = await _stream.ReadAsync(buffer))
            {
                if (HasOptedIn && pending.Length == 0)
                {
                    await _upstream.SendAsync(buffer.AsMemory(0, read));
                    continue;
                }

                pending = [.. pending, .. buffer.AsSpan(0, read)];
                var output = new MemoryStream();
                var position = 0;
                while (position < pending.Length && scanner.Scan(pending.AsSpan(position)) == ScanStatus.Complete)
                {
                    output.Write(Replaced(scanner, pending.AsSpan(position)));
                    position += scanner.FrameLength;
                }

                pending = pending[position..];
                if (pending.Length > 0)
                {
                    scanner.Reset();
                }

                await _upstream.SendAsync(output.ToArray());
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            // One side is gone.
        }
    }

    private ReadOnlySpan<byte> Replaced(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        if (scanner.ArgumentCount < 3 || !scanner.Argument(data, 1).SequenceEqual("MAINT_NOTIFICATIONS"u8))
        {
            return data[..scanner.FrameLength];
        }

        HasOptedIn = true;
        relay.OptIns.Enqueue(scanner.ArgumentCount > 4 ? Encoding.Latin1.GetString(scanner.Argument(data, 4)) : "");
        return HarmlessCommand;
    }

    private async Task RepliesAsync()
    {
        var buffer = new byte[64 * 1024];
        var line = System.Threading.Channels.Channel.CreateUnbounded<(byte[] Bytes, long Arrived)>();
        var sending = SendAllAsync(line.Reader);
        try
        {
            for (var read = await _upstream.ReceiveAsync(buffer); read > 0; read = await _upstream.ReceiveAsync(buffer))
            {
                await line.Writer.WriteAsync((buffer.AsSpan(0, read).ToArray(), Stopwatch.GetTimestamp()));
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            // One side is gone.
        }

        line.Writer.Complete();
        await sending;
    }

    private async Task SendAllAsync(System.Threading.Channels.ChannelReader<(byte[] Bytes, long Arrived)> line)
    {
        try
        {
            await foreach (var (bytes, arrived) in line.ReadAllAsync())
            {
                while (Stopwatch.GetElapsedTime(arrived) < relay.Delay)
                {
                    await Task.Delay(1);
                }

                await (relay.Stall?.Task ?? Task.CompletedTask);
                await _sending.WaitAsync();
                try
                {
                    Send(bytes);
                }
                finally
                {
                    _sending.Release();
                }
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            // One side is gone.
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!_replies.InsideFrame)
            {
                SendPushes();
            }

            _replies.Scan(bytes, out var consumed);
            _stream!.Write(bytes[..consumed]);
            bytes = bytes[consumed..];
        }

        if (!_replies.InsideFrame)
        {
            SendPushes();
        }
    }

    private void SendPushes()
    {
        while (_pushes.TryDequeue(out var push))
        {
            try
            {
                _stream!.Write(push);
            }
            catch (Exception error) when (IsEnd(error))
            {
                // The client is gone.
            }
        }
    }

    private static bool IsEnd(Exception error) =>
        error is SocketException or ObjectDisposedException or IOException or AuthenticationException or InvalidOperationException;
}
