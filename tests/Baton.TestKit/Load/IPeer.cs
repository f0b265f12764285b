using Baton.TestKit.Processes;

namespace Baton.TestKit.Load;

/// <summary>Clients under load: connected and working when the object exists, stopped once, then gone.</summary>
public interface IPeer : IAsyncDisposable
{
    /// <summary>Does some rounds more, checks everything that was acknowledged, ends.</summary>
    Task<IReadOnlyList<PeerVerdict>> StopAsync();
}
