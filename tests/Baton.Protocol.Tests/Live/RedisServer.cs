using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Protocol.Tests.Live;
using Baton.Protocol.Tests.Resp;

[assembly: AssemblyFixture(typeof(RedisServer))]

namespace Baton.Protocol.Tests.Live;

/// <summary>A real redis-server on a Unix socket, started when first asked for: the reference our own answers are compared with.</summary>
public sealed class RedisServer : IDisposable
{
    /// <summary>Start, and every reply, must come within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("baton-redis-");
    private Process? _process;

    private string SocketPath => Path.Combine(_folder.FullName, "redis.sock");

    /// <summary>True when redis-server is on PATH.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>Sends bytes on a connection of their own and returns the first reply, or "closed".</summary>
    public string Ask(byte[] request) => Ask(request, skip: 0);

    /// <summary>As <see cref="Ask(byte[])"/>, and returns the second reply.</summary>
    public string AskSecond(byte[] request) => Ask(request, skip: 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit(Patience);
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private string Ask(byte[] request, int skip)
    {
        EnsureStarted();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        socket.Send(request);

        var scanner = new ReplyScanner();
        var reply = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = socket.Receive(buffer);
            if (received == 0)
            {
                return "closed";
            }

            for (var start = 0; start < received;)
            {
                var status = scanner.Scan(buffer.AsSpan(start, received - start), out var consumed);
                Assert.NotEqual(ScanStatus.Invalid, status);
                reply.Write(buffer, start, consumed);
                start += consumed;
                if (status == ScanStatus.Complete && skip-- == 0)
                {
                    return Wire.Text(reply.ToArray());
                }

                if (status == ScanStatus.Complete)
                {
                    reply.SetLength(0);
                }
            }
        }
    }

    private void EnsureStarted()
    {
        lock (_gate)
        {
            _process ??= Start();
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("redis-server", ["--port", "0", "--unixsocket", SocketPath, "--save", "", "--enable-debug-command", "yes"])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = _folder.FullName,
        };
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        while (process.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult() is { } line)
        {
            if (line.Contains("ready to accept connections", StringComparison.OrdinalIgnoreCase))
            {
                // Read on, or a full pipe would stop the server.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return process;
            }
        }

        throw new InvalidOperationException("redis-server ended before it was ready.");
    }
}
