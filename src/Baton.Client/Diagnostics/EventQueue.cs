using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>Calls the application's handlers, in order, on the thread pool: never on a reader, never under a lock.</summary>
internal sealed class EventQueue
{
    /// <summary>Handlers that are slower than the events lose the oldest: an event is news, not data.</summary>
    private const int MostWaiting = 1024;

    private readonly Channel<Action> _waiting = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly ILogger _log;

    public EventQueue(ILogger log)
    {
        _log = log;
        _ = RunAsync();
    }

    /// <summary>Queues a call.</summary>
    public void Post(Action call) => _waiting.Writer.TryWrite(call);

    /// <summary>Nothing more is queued; what waits is still called.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (var call in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                call();
            }
            catch (Exception e)
            {
                ClientLog.HandlerFailed(_log, e);
            }
        }
    }
}
