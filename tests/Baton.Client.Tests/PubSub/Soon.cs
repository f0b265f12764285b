using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Baton.Client.Tests.PubSub;

/// <summary>Waits, each with a limit in real time, whatever the client's clock does.</summary>
internal static class Soon
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Completes when the condition is true.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what, Action? meanwhile = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Limit)
            {
                throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}");
            }

            meanwhile?.Invoke();
            await Task.Delay(1);
        }
    }

    /// <summary>Moves the client's clock on until the condition is true.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, FakeTimeProvider time) =>
        TrueAsync(condition, what, () => time.Advance(TimeSpan.FromMilliseconds(25)));

    /// <summary>Moves the client's clock on until the task is done.</summary>
    public static async Task<T> DoneAsync<T>(Task<T> task, FakeTimeProvider time)
    {
        await TrueAsync(() => task.IsCompleted, "the task", time);
        return await task;
    }

    /// <summary>So many messages.</summary>
    public static async Task<List<RedisMessage>> TakeAsync(this RedisSubscription subscription, int count)
    {
        var messages = new List<RedisMessage>();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var message in subscription.WithCancellation(limit.Token))
        {
            messages.Add(message);
            if (messages.Count == count)
            {
                break;
            }
        }

        return messages;
    }

    /// <summary>The texts of so many messages.</summary>
    public static async Task<string[]> TextsAsync(this RedisSubscription subscription, int count) =>
        [.. (await subscription.TakeAsync(count)).Select(static message => message.Text)];
}
