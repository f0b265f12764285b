namespace Baton.Cli.Demo.Raw;

/// <summary>Commands that were sent together and wait for their replies.</summary>
/// <param name="count">How many replies.</param>
/// <param name="time">Clock.</param>
/// <param name="onReply">Told the time since sending, per reply.</param>
internal sealed class RawBatch(int count, TimeProvider time, Action<TimeSpan>? onReply)
{
    private readonly TaskCompletionSource<RawReply[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RawReply[] _replies = new RawReply[count];
    private readonly long _sentAt = time.GetTimestamp();
    private int _filled;

    /// <summary>Completes with all replies.</summary>
    public Task<RawReply[]> Done => _done.Task;

    /// <summary>Takes the next reply; true when it was the last.</summary>
    public bool Add(RawReply reply)
    {
        _replies[_filled++] = reply;
        onReply?.Invoke(time.GetElapsedTime(_sentAt));
        if (_filled < count)
        {
            return false;
        }

        _done.TrySetResult(_replies);
        return true;
    }

    /// <summary>No more replies will come.</summary>
    public void Fail(Exception reason) => _done.TrySetException(reason);
}
