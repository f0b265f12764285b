using System.Diagnostics;

namespace Baton.TestKit;

/// <summary>Waits for a condition, with a limit; a test that runs into the limit fails with what it waited for.</summary>
public static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Completes when the condition is true.</summary>
    /// <exception cref="TimeoutException">Not in time; the message holds <paramref name="what"/> and the detail.</exception>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan limit, string what, Func<string>? detail = null) =>
        await TrueAsync(() => Task.FromResult(condition()), limit, what, detail);

    /// <summary>Completes when the condition is true.</summary>
    /// <exception cref="TimeoutException">Not in time; the message holds <paramref name="what"/> and the detail.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, string what, Func<string>? detail = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}. {detail?.Invoke()}");
            }

            await Task.Delay(PollInterval);
        }
    }
}
