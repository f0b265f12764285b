using System.Runtime.CompilerServices;

namespace Baton.Client;

/// <summary>
/// A subscription in the making. Await it for the <see cref="RedisSubscription"/>, which the server has confirmed then; or read it at once, with
/// <c>await foreach (var message in redis.SubscribeAsync("news", ct))</c>, which unsubscribes when the loop is left.
/// </summary>
public sealed class RedisSubscribing : IAsyncEnumerable<RedisMessage>
{
    private readonly Task<RedisSubscription> _task;
    private readonly CancellationToken _cancellationToken;

    internal RedisSubscribing(Task<RedisSubscription> task, CancellationToken cancellationToken) =>
        (_task, _cancellationToken) = (task, cancellationToken);

    /// <summary>The same as a task.</summary>
    public Task<RedisSubscription> AsTask() => _task;

    /// <summary>Called by the compiler.</summary>
    public TaskAwaiter<RedisSubscription> GetAwaiter() => _task.GetAwaiter();

    /// <summary>As <see cref="Task{T}.ConfigureAwait(bool)"/>.</summary>
    public ConfiguredTaskAwaitable<RedisSubscription> ConfigureAwait(bool continueOnCapturedContext) => _task.ConfigureAwait(continueOnCapturedContext);

    /// <summary>Reads messages until the token is cancelled or the loop is left; then unsubscribes.</summary>
    public async IAsyncEnumerator<RedisMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
        var subscription = await _task.ConfigureAwait(false);
        await using (((IAsyncDisposable)subscription).ConfigureAwait(false))
        {
            await foreach (var message in subscription.WithCancellation(either.Token).ConfigureAwait(false))
            {
                yield return message;
            }
        }
    }
}
