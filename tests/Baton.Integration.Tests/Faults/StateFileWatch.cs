using Baton.TestKit.Processes;

namespace Baton.Integration.Tests.Faults;

/// <summary>Reads the cluster's state file from outside: each stored step of an operation is one line.</summary>
/// <param name="dataDirectory">The cluster's data directory.</param>
internal sealed class StateFileWatch(string dataDirectory)
{
    private readonly string _path = Path.Combine(dataDirectory, "cluster.state");

    /// <summary>How many lines there are.</summary>
    public int Lines()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes.AsSpan(0, read).Count((byte)'\n');
    }

    /// <summary>
    /// Kills a process the moment the file has a number of lines. False: it did not get there before <paramref name="over"/>.
    /// </summary>
    public Task<bool> KillAtAsync(int process, int lines, Func<bool> over) => Task.Factory.StartNew(
        () =>
        {
            while (Lines() < lines)
            {
                if (over())
                {
                    return false;
                }

                Thread.Yield();
            }

            Signals.Destroy(process);
            return true;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
