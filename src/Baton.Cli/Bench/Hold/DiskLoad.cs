namespace Baton.Cli.Bench.Hold;

/// <summary>Writers that write and sync without a pause, in the folder where the clusters' data is; they end when disposed.</summary>
internal sealed class DiskLoad : IAsyncDisposable
{
    private const int BlockBytes = 1024 * 1024;

    /// <summary>A writer begins its file anew when it has grown to this.</summary>
    private const long MostBytes = 64L * 1024 * 1024;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-bench-disk-");
    private readonly CancellationTokenSource _ended = new();
    private readonly Task[] _writers;

    private DiskLoad(int writers) => _writers = [.. Enumerable.Range(0, writers).Select(n => Task.Factory.StartNew(
        () => Write(Path.Combine(_directory.FullName, $"{n}")), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

    /// <summary>Starts so many.</summary>
    public static DiskLoad Start(int writers) => new(writers);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_writers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _directory.Delete(recursive: true);
        _ended.Dispose();
    }

    private void Write(string path)
    {
        var block = new byte[BlockBytes];
        Array.Fill(block, (byte)'x');
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        while (!_ended.IsCancellationRequested)
        {
            file.Write(block);
            file.Flush(flushToDisk: true);
            if (file.Length >= MostBytes)
            {
                file.SetLength(0);
            }
        }
    }
}
