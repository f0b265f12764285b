using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Loads remembered scripts on a shard's new target, so that no EVALSHA gets NOSCRIPT for the move's sake:
/// <code>
/// before the hold: all there are, slice by slice  ->  in the hold: the last few  ->  after it: what was too much for that
/// </code>
/// (An EVALSHA that comes before its script is given it by <c>ScriptCommands</c>; only SCRIPT EXISTS could tell.) A script the engine refuses is
/// skipped. Used by one loop at a time.
/// </summary>
internal sealed class ScriptLoading(ScriptCache cache)
{
    /// <summary>Most scripts loaded inside a hold.</summary>
    public const int FewScripts = 16;

    /// <summary>Scripts, and about how many bytes of them, that are sent in one turn.</summary>
    private const int SliceScripts = 64;
    private const int SliceBytes = 64 * 1024;

    private long _last;
    private long _generation = cache.Generation;

    /// <summary>Loads until no more than a few are left, or the upstream is lost.</summary>
    public void LoadMost(LoopShard shard, IUpstream upstream, Action done) => LoadUntil(FewScripts, shard, upstream, done);

    /// <summary>Loads at most <see cref="FewScripts"/>.</summary>
    public void LoadFew(IUpstream upstream, Action done) => Load(upstream, FewScripts, _ => done());

    /// <summary>Loads all that are left.</summary>
    public void LoadRest(LoopShard shard, IUpstream upstream, Action done) => LoadUntil(0, shard, upstream, done);

    private void LoadUntil(int left, LoopShard shard, IUpstream upstream, Action done)
    {
        // A SCRIPT FLUSH after the hold has cleared the new master itself, and what came behind it is there.
        if (_generation != cache.Generation ? left == 0 : cache.CountAfter(_last) <= left)
        {
            done();
            return;
        }

        Load(upstream, SliceScripts, lost =>
        {
            if (lost)
            {
                done();
            }
            else
            {
                shard.Loop.Io.Post(() => LoadUntil(left, shard, upstream, done));
            }
        });
    }

    private void Load(IUpstream upstream, int most, Action<bool> done)
    {
        OutputBuffer commands = new(static _ => { });
        int open = 0;
        if (_generation != cache.Generation)
        {
            // SCRIPT FLUSH came, and went to the old master only.
            (_generation, _last) = (cache.Generation, 0);
            RespWriter.WriteCommand(commands, "SCRIPT", "FLUSH");
            open++;
        }

        foreach (byte[] script in cache.After(ref _last, most, SliceBytes))
        {
            RespWriter.WriteArrayHeader(commands, 3);
            RespWriter.WriteBulk(commands, "SCRIPT"u8);
            RespWriter.WriteBulk(commands, "LOAD"u8);
            RespWriter.WriteBulk(commands, script);
            open++;
        }

        if (open == 0)
        {
            done(false);
            return;
        }

        bool anyLost = false;
        FrameSink sink = new((_, lost) =>
        {
            anyLost |= lost;
            if (--open == 0)
            {
                done(anyLost);
            }
        });
        upstream.Send(commands.Pending, sink, open);
        commands.Release();
    }
}
