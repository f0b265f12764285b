using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Demo.Load;

/// <summary>One caller: it repeats its step, checks every reply against its model, and at the end the model against the database.</summary>
/// <param name="client">What it runs on.</param>
/// <param name="statistics">Where failures are counted.</param>
internal abstract class LoadWorker(ILoadClient client, LoadStatistics statistics)
{
    /// <summary>What it runs on.</summary>
    protected ILoadClient Client => client;

    /// <summary>What it does, for error texts.</summary>
    protected abstract string Name { get; }

    /// <summary>Repeats the step until stopped. A step under way is finished. Failures are counted; none ends the worker.</summary>
    public async Task RunAsync(LoadPace pace, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await StepAsync();
            await pace.NextAsync(stop);
        }
    }

    /// <summary>Before the load begins (scripts are loaded here).</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>After the load has ended: compares the worker's own model with the database. The run reads shared models back.</summary>
    /// <param name="reader">A connection of its own.</param>
    public virtual Task VerifyAsync(ILoadClient reader) => Task.CompletedTask;

    /// <summary>One round of commands. Does not throw for failures of commands.</summary>
    protected abstract Task StepAsync();

    /// <summary>Sends commands; null when they ended without replies, which is counted.</summary>
    protected async Task<RawReply[]?> TryExecuteAsync(IReadOnlyList<string[]> commands, bool measured = true)
    {
        try
        {
            var replies = await client.ExecuteAsync(commands, measured, CancellationToken.None);
            foreach (var error in replies.Where(reply => reply.IsError))
            {
                statistics.Fail(client.Row, 1, $"{Name}: {error.Text}");
            }

            return replies;
        }
        catch (LoadFailedException e)
        {
            statistics.Fail(client.Row, commands.Count, $"{Name}: {e.Message}");
            return null;
        }
    }

    /// <summary>The replies of a read-back.</summary>
    /// <exception cref="LoadFailedException">They did not come, or one is an error: then nothing can be said about the data.</exception>
    internal static async Task<RawReply[]> ReadAsync(ILoadClient reader, params string[][] commands)
    {
        var replies = await reader.ExecuteAsync(commands, measured: false, CancellationToken.None);
        return Array.Find(replies, reply => reply.IsError) is { } error
            ? throw new LoadFailedException($"read-back: {string.Join(' ', commands[0])}: {error.Text}")
            : replies;
    }
}
