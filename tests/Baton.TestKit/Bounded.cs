namespace Baton.TestKit;

/// <summary>A limit for every wait of a test.</summary>
public static class Bounded
{
    /// <summary>The task's result, or a failure when it takes longer than the limit.</summary>
    /// <exception cref="TimeoutException">It did.</exception>
    public static Task<T> Within<T>(this Task<T> task, TimeSpan limit) => task.WaitAsync(limit);

    /// <summary>The task's end, or a failure when it takes longer than the limit.</summary>
    /// <exception cref="TimeoutException">It did.</exception>
    public static Task Within(this Task task, TimeSpan limit) => task.WaitAsync(limit);
}
