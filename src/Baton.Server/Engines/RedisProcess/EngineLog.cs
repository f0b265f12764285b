using System.Text;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>
/// An instance's output: the last lines in memory (for messages), all of it in a file that is rotated at a limit. Lines can be waited for.
/// Thread-safe. A disk that refuses the file costs the file, never the instance.
/// </summary>
internal sealed class EngineLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private readonly List<(string Part, TaskCompletionSource Seen)> _waiting = [];
    private readonly string _path;
    private readonly EngineLimits _limits;
    private StreamWriter? _file;
    private long _written;

    /// <summary>Opens <paramref name="path"/>, appending to what is there.</summary>
    public EngineLog(string path, EngineLimits limits)
    {
        _path = path;
        _limits = limits;
        Open();
    }

    /// <summary>The last lines, oldest first.</summary>
    public string LastLines()
    {
        lock (_lock)
        {
            return string.Join('\n', _last);
        }
    }

    /// <summary>Completes when a line with <paramref name="part"/> in it arrives after this call.</summary>
    public Task WaitForAsync(string part)
    {
        lock (_lock)
        {
            TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((part, seen));
            return seen.Task;
        }
    }

    /// <summary>Takes a line.</summary>
    public void Write(string line)
    {
        lock (_lock)
        {
            _last.Enqueue(line);
            if (_last.Count > _limits.QuotedLogLines)
            {
                _last.Dequeue();
            }

            foreach ((string part, TaskCompletionSource seen) in _waiting)
            {
                if (line.Contains(part, StringComparison.Ordinal))
                {
                    seen.TrySetResult();
                }
            }

            _waiting.RemoveAll(waiter => waiter.Seen.Task.IsCompleted);
            WriteToFile(line);
        }
    }

    /// <summary>Reads all lines of <paramref name="reader"/> until it ends.</summary>
    public async Task CopyFromAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                Write(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            Write($"(its output could not be read any further: {exception.Message})");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            CloseFile();
        }
    }

    private void WriteToFile(string line)
    {
        try
        {
            _file?.WriteLine(line);
            _written += line.Length + 1;
            if (_written > _limits.LogFileBytes && _file is not null)
            {
                CloseFile();
                File.Move(_path, _path + ".1", overwrite: true);
                Open();
            }
        }
        catch (IOException)
        {
            CloseFile();
        }
    }

    private void Open()
    {
        try
        {
            _file = new StreamWriter(_path, append: true, Encoding.UTF8) { AutoFlush = true };
            _written = _file.BaseStream.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _file = null;
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }
}
