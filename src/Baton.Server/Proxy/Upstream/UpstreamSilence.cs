namespace Baton.Server.Proxy.Upstream;

/// <summary>One loop's connections to an engine that lives but does not answer. Runs on its loop's thread.</summary>
internal static class UpstreamSilence
{
    /// <summary>How quiet one instance of a shard is.</summary>
    public static ShardSilence Of(ProxyLoop loop, int shardUid, long instanceId)
    {
        long longest = 0;
        long heard = -1;
        foreach (ShardLink link in LinksOf(loop, shardUid, instanceId))
        {
            longest = Math.Max(longest, link.SilentMs);
            heard = Math.Max(heard, link.Answered > 0 ? link.HeardMs : -1);
        }

        return new ShardSilence(
            TimeSpan.FromMilliseconds(longest), heard < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(loop.Io.NowMs - heard));
    }

    /// <summary>Closes those that have owed a reply without a byte so long. Returns how many.</summary>
    public static int GiveUp(ProxyLoop loop, int shardUid, long instanceId, TimeSpan atLeast)
    {
        ShardLink[] silent = [.. LinksOf(loop, shardUid, instanceId).Where(link => link.SilentMs > 0 && link.SilentMs >= atLeast.TotalMilliseconds)];
        foreach (ShardLink link in silent)
        {
            link.Close(CloseReason.UpstreamSilent, $"the engine did not answer on this connection for {atLeast.TotalMilliseconds:0} ms");
        }

        return silent.Length;
    }

    private static IEnumerable<ShardLink> LinksOf(ProxyLoop loop, int shardUid, long instanceId) =>
        loop.FindShard(shardUid) is { } shard ? shard.Links.Where(link => link.Target.InstanceId == instanceId) : [];
}
