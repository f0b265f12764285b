using Baton.Cli.Demo.Raw;
using Baton.Client;

namespace Baton.Cli.Demo.Load;

/// <summary>
/// One caller of a <see cref="BatonDatabase"/>. Commands of one call travel together; MULTI to EXEC becomes a transaction, WATCH a watch that the
/// next MULTI commits.
/// </summary>
internal sealed class BatonClient(RedisClient client, LoadContext context, ClientStatistics row) : ILoadClient
{
    private static readonly RawReply Ok = new('+', "OK");
    private static readonly RawReply Queued = new('+', "QUEUED");
    private static readonly RawReply Null = new('_', null);

    private RedisWatch? _watch;

    /// <inheritdoc/>
    public ClientStatistics Row => row;

    /// <inheritdoc/>
    public async Task<RawReply[]> ExecuteAsync(IReadOnlyList<string[]> commands, bool measured, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        try
        {
            var replies = commands[0][0] switch
            {
                "WATCH" => await WatchAsync(commands, cancellationToken),
                "MULTI" => await CommitAsync(commands, cancellationToken),
                _ => await AllAsync(client, commands, cancellationToken),
            };
            foreach (var _ in replies)
            {
                Answered(began, measured);
            }

            return replies;
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException or ObjectDisposedException)
        {
            throw new LoadFailedException($"{e.GetType().Name}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync();
        }
    }

    private void Answered(long began, bool measured)
    {
        if (measured)
        {
            context.Statistics.Answered(row, context.Time.GetElapsedTime(began));
        }
        else
        {
            row.Answered();
        }
    }

    private async Task<RawReply[]> WatchAsync(IReadOnlyList<string[]> commands, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        _watch = await client.WatchAsync([.. commands[0].Skip(1).Select(static key => (RedisKey)key)], cancellationToken);
        return [Ok, .. await AllAsync(_watch, [.. commands.Skip(1)], cancellationToken)];
    }

    private async Task<RawReply[]> CommitAsync(IReadOnlyList<string[]> commands, CancellationToken cancellationToken)
    {
        await using var watch = _watch;
        _watch = null;
        var transaction = watch?.CreateTransaction() ?? client.CreateTransaction();
        var results = commands.Skip(1).SkipLast(1).Select(command => SendAsync(transaction, command, cancellationToken)).ToArray();
        RawReply[] queued = [Ok, .. results.Select(static _ => Queued)];
        try
        {
            if (await transaction.CommitAsync(cancellationToken))
            {
                return [.. queued, new RawReply('*', null, await Task.WhenAll(results))];
            }
        }
        catch (RedisServerException e)
        {
            _ = await Task.WhenAll(results.Select(IgnoredAsync));
            return [.. queued, new RawReply('-', e.Message)];
        }

        _ = await Task.WhenAll(results.Select(IgnoredAsync));
        return [.. queued, Null];
    }

    // The transaction did not run, and said so: its commands only repeat it.
    private static async Task<bool> IgnoredAsync(Task<RawReply> result)
    {
        try
        {
            _ = await result;
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }

    private static Task<RawReply[]> AllAsync(RedisCommands commands, IReadOnlyList<string[]> words, CancellationToken cancellationToken) =>
        Task.WhenAll(words.Select(command => SendAsync(commands, command, cancellationToken)));

    private static async Task<RawReply> SendAsync(RedisCommands commands, string[] words, CancellationToken cancellationToken)
    {
        try
        {
            return Convert((await commands.ExecuteAsync<RedisReply>($"{words}", cancellationToken))!);
        }
        catch (RedisServerException e)
        {
            return new RawReply('-', e.Message);
        }
    }

    private static RawReply Convert(RedisReply reply) =>
        reply.IsNull ? Null
        : reply.AsString() is { } text ? new RawReply(reply.Kind, text)
        : new RawReply(reply.Kind, null, [.. reply.Items.Select(Convert)]);
}
