namespace Baton.Client;

/// <summary>A caller that waits until the server has confirmed all of a subscription, with the limits of any command. Guarded by the hub.</summary>
internal sealed class SubscribeWait : PendingCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _error;

    public SubscribeWait(ClientContext client)
    {
        Restart(client);
        Traits = CommandTraits.PubSub;
    }

    /// <summary>What is waited for.</summary>
    public RedisSubscription? For { get; set; }

    /// <summary>What is not confirmed yet.</summary>
    public HashSet<Topic> Missing { get; } = [];

    /// <summary>Its end.</summary>
    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override Exception? Error => _error;

    /// <summary>All is confirmed.</summary>
    public void Complete()
    {
        if (TryClaim())
        {
            EndObservation();
            _done.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public override bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries) => throw new System.Diagnostics.UnreachableException("It is never sent.");

    /// <inheritdoc/>
    public override void Execute() => _done.TrySetException(_error!);

    /// <inheritdoc/>
    protected override void SetError(Exception error) => _error = error;
}
