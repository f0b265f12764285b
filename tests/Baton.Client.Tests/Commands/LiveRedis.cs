using System.Diagnostics;
using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>A real redis-server on a unix socket, for the whole class; started when first asked for.</summary>
public sealed class LiveRedis : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("baton-redis-");
    private Process? _process;

    private string SocketPath => Path.Combine(_folder.FullName, "redis.sock");

    private static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>A client with an empty server. The test is skipped when there is none.</summary>
    public async Task<RedisClient> ConnectAsync(RedisProtocol protocol)
    {
        Assert.SkipUnless(IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        lock (_gate)
        {
            _process ??= Start();
        }

        var client = await RedisClient.ConnectAsync($"unix://{SocketPath}?protocol={protocol}&connectTimeout=30s&commandTimeout=30s");
        await client.FlushAllAsync();
        return client;
    }

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

    private Process Start()
    {
        var start = new ProcessStartInfo("redis-server", ["--port", "0", "--unixsocket", SocketPath, "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
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
