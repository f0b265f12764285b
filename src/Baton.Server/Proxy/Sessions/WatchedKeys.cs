using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A session's live WATCH: the link that holds it (its own, or the session's tracked one), and the commands to repeat it elsewhere. When the shard has moved:
/// <code>
/// new link: WATCH all, answered  ->  old link: an empty MULTI EXEC  ->  *0: no key has changed, the new link watches on;  else EXEC will answer null
/// </code>
/// The old master takes no writes since the hold, and who would write one of the keys on the new one waits until the new link watches
/// (<see cref="KeyClaims"/>); the old link is asked last, so that a key whose time was over in between counts as well. Meanwhile the session's own commands
/// wait. Belongs to its loop's thread.
/// </summary>
internal sealed class WatchedKeys : IShardPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly OutputBuffer _commands = new(static _ => { });
    private readonly List<KeyClaim> _claims = [];
    private int _commandCount;
    private int _firstDatabase;
    private int _lastDatabase;
    private bool _isLent;
    private LinkLease? _lease;
    private Action? _whenCarried;
    private bool _carrying;
    private bool _over;

    /// <summary>Watches on a link taken for it, or (<paramref name="isLent"/>) on the session's tracked link, which it only uses.</summary>
    public WatchedKeys(ClientSession session, LoopShard shard, ShardLink link, bool isLent)
    {
        (_session, Shard, Link) = (session, shard, link);
        IsLent = isLent;
    }

    /// <summary>The link is one of the session's tracking: that ends it, and takes it along when the shard moves.</summary>
    public bool IsLent
    {
        get => _isLent;
        set
        {
            _isLent = value;
            if (value)
            {
                Shard.Passengers.Remove(this);
            }
            else
            {
                Link.Owner = this;
                Shard.Passengers.Add(this);
            }
        }
    }

    /// <summary>Where the keys are.</summary>
    public LoopShard Shard { get; }

    /// <summary>The link that watches.</summary>
    public ShardLink Link { get; private set; }

    /// <summary>Keys watched.</summary>
    public int Count { get; private set; }

    /// <summary>The WATCH could not be kept: EXEC answers null.</summary>
    public bool IsLost { get; private set; }

    /// <summary>It is on a master that the shard has left.</summary>
    public bool IsBehind => !IsLost && !_over && Link.Target != Shard.Target;

    /// <summary>It has come over at least once: what the session sent meanwhile went another way than what it sends now.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>EXEC has been sent: once it is answered, the link is given back.</summary>
    public bool IsEnding { get; set; }

    /// <summary>
    /// The session's commands for a database go over its link. Garnet's watches count only in the database they were made in: there, commands for others
    /// take the shared way, and EXEC in another one cannot know.
    /// </summary>
    public bool Serves(LoopShard shard, int database) =>
        shard == Shard && (database == _lastDatabase || shard.Support.Capabilities.Kind != EngineKind.Garnet);

    /// <summary>Its link, for the session's next command.</summary>
    public ShardLink BeginSend(LinkDress dress)
    {
        dress.PutOn(Link);
        return Link;
    }

    /// <summary>One more WATCH command, for repeating it; keys are watched with their database.</summary>
    public void Add(CommandFrame command)
    {
        int database = _session.State.Database;
        if (_commandCount == 0)
        {
            _firstDatabase = database;
        }
        else if (database != _lastDatabase)
        {
            RespWriter.WriteCommand(_commands, "SELECT", database.ToString(CultureInfo.InvariantCulture));
            _commandCount++;
        }

        _lastDatabase = database;
        DatabaseKey[] keys = new DatabaseKey[command.Count - 1];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new DatabaseKey(_session.State.Database, command[i + 1].ToArray());
        }

        _claims.Add(Shard.AllLoops.Claims.Add(keys, isOrdered: false));
        _commands.Append(command.Bytes);
        _commandCount++;
        Count += keys.Length;
    }

    /// <summary>It is over. <paramref name="clean"/>: EXEC has ended it on the engine too, the link can serve others.</summary>
    public void Drop(bool clean)
    {
        if (_over)
        {
            return;
        }

        _over = true;
        _lease?.Cancel();
        _commands.Release();
        Shard.Passengers.Remove(this);
        _claims.ForEach(Shard.AllLoops.Claims.Remove);
        if (!IsLent)
        {
            ReturnLink(clean);
        }
        else if (!IsLost && !clean)
        {
            Link.Send("*1\r\n$7\r\nUNWATCH\r\n"u8, DiscardSink.Instance);
        }
    }

    /// <summary>It cannot be kept.</summary>
    public void Lose()
    {
        if (!IsLost && !_over)
        {
            IsLost = true;
            _claims.ForEach(Shard.AllLoops.Claims.Remove);
            if (!IsLent)
            {
                ReturnLink(clean: false);
            }
        }
    }

    /// <inheritdoc/>
    public void OnSwitch(LoopShard shard, Action done)
    {
        if (!IsBehind)
        {
            done();
            return;
        }

        _whenCarried += done;
        if (_carrying)
        {
            return;
        }

        _carrying = true;
        _lease = new LinkLease(Shard, _session.State.Protocol, _session.State.Database, (link, _) =>
        {
            _lease = null;
            if (link is null)
            {
                Lose();
                Settle();
                return;
            }

            ShardLink old = Link;
            link.Owner = this;
            CarryTo(link, () =>
            {
                if (_over || IsLost)
                {
                    Shard.Dedicated.Return(link, clean: false);
                }
                else if (old.Owner == this)
                {
                    Shard.Dedicated.Return(old, clean: false);
                }

                Settle();
            });
        }) { Replaces = true };
        _lease.Start();
    }

    /// <summary>Watches on another link, which the shard's new master is behind; <paramref name="done"/> when that is certain, or it is lost.</summary>
    public void CarryTo(ShardLink next, Action done)
    {
        ShardLink old = Link;
        int open = _commandCount;
        bool failed = false;
        new LinkDress(next.Protocol, _firstDatabase).PutOn(next);
        next.Send(_commands.Pending, new FrameSink((frame, lost) =>
        {
            failed |= lost || Frames.IsError(frame);
            if (--open == 0)
            {
                Ask();
            }
        }), _commandCount);
        next.Dress = next.Dress with { Database = _lastDatabase };

        void Ask()
        {
            if (failed || _over || IsLost || old.State != LinkState.Ready)
            {
                Decide(isUnchanged: false);
                return;
            }

            int replies = 0;
            old.Send("*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n"u8, new FrameSink((frame, lost) =>
            {
                if (++replies == 2)
                {
                    Decide(!lost && frame.SequenceEqual("*0\r\n"u8));
                }
            }), 2);
        }

        void Decide(bool isUnchanged)
        {
            if (isUnchanged && !_over && !IsLost && next.State == LinkState.Ready)
            {
                (Link, HasMoved) = (next, true);
                _claims.ForEach(claim => Shard.AllLoops.Claims.Carried(claim, next.Target));
            }
            else
            {
                Lose();
            }

            done();
        }
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        Shard.Dedicated.NoteLost(link);
        if (link == Link)
        {
            Lose();
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
    }

    private void ReturnLink(bool clean)
    {
        if (Link.Owner == this)
        {
            Shard.Dedicated.Return(Link, clean);
        }
    }

    private void Settle()
    {
        _carrying = false;
        if (IsBehind)
        {
            // The shard has gone on meanwhile.
            OnSwitch(Shard, static () => { });
            return;
        }

        Action? whenCarried = _whenCarried;
        _whenCarried = null;
        whenCarried?.Invoke();
        _session.Unpark();
    }
}
