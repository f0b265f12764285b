using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <content>What waits until an engine has let go of clients that have gone: who blocked, and who listened.</content>
internal sealed partial class ClientSession
{
    private GoneClients? _goneClients;

    /// <summary>Somebody would get what the command writes who has gone: it waits until the engine has let them go.</summary>
    public bool WaitsForGone(CommandFrame command) => Database.AllLoops.EngineWaiters.Any
        && (_goneClients ??= new GoneClients(this)).MustWaitFor(command) && WaitFor(SessionWait.Gone) == CommandOutcome.Wait;

    /// <summary>The same for a transaction.</summary>
    public bool WaitsForGone(Transaction transaction) => transaction.MayWrite && Database.AllLoops.EngineWaiters.Any
        && (_goneClients ??= new GoneClients(this)).MustWaitFor(transaction) && WaitFor(SessionWait.Gone) == CommandOutcome.Wait;

    /// <summary>Nobody is about to unsubscribe; else the session is to wait for <see cref="SessionWait.Gone"/>.</summary>
    public bool MayPublish(LoopShard shard) => shard.AllLoops.Publishing.TryPublish(() => Loop.Io.Post(() =>
    {
        if (!_ended)
        {
            Resume(SessionWait.Gone);
        }
    }));

    /// <summary>What <see cref="MayPublish"/> allowed is on its way, or is not sent now.</summary>
    public void AwaitPublished(LoopShard shard, bool isSent)
    {
        PublishGate gate = shard.AllLoops.Publishing;
        if (isSent)
        {
            SendBehind(shard, "*1\r\n$4\r\nPING\r\n"u8, new FrameSink((_, _) => gate.Published()));
        }
        else
        {
            gate.Published();
        }
    }
}
