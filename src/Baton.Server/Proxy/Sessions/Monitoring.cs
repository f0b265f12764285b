using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>MONITOR of one session: what every shard's engine carries out, line by line as it comes. Belongs to its loop's thread.</summary>
internal sealed class Monitoring
{
    private readonly ClientSession _session;
    private readonly Dictionary<LoopShard, MonitorFeed> _feeds = [];

    public Monitoring(ClientSession session) => _session = session;

    /// <summary>The feeds run; before that the links are only being made.</summary>
    public bool IsOn { get; private set; }

    /// <summary>There is a link to the shard.</summary>
    public bool HasLink(LoopShard shard) => _feeds.ContainsKey(shard);

    /// <summary>A link to a shard.</summary>
    public void AddLink(LoopShard shard, ShardLink link) => _feeds[shard] = new MonitorFeed(_session, this, link);

    /// <summary>All links are there.</summary>
    public void Begin()
    {
        IsOn = true;
        foreach (MonitorFeed feed in _feeds.Values)
        {
            feed.Begin();
        }
    }

    /// <summary>The session ends or is RESET.</summary>
    public void Close()
    {
        foreach (MonitorFeed feed in _feeds.Values)
        {
            feed.Close();
        }

        _feeds.Clear();
    }
}
