using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Where CLIENT TRACKING … REDIRECT sends a session's invalidations: another connection to the database, perhaps of another loop. What it is told there
/// depends on it: a push in RESP3, a message of the channel <c>__redis__:invalidate</c> in RESP2 while it has a subscription, else nothing. Belongs to
/// the loop of the session that tracks.
/// </summary>
internal sealed class TrackingTarget(ClientSession session, long id)
{
    /// <summary>Its CLIENT ID.</summary>
    public long Id => id;

    /// <summary>There is such a connection; null while it is being looked for.</summary>
    public bool? Exists { get; private set; }

    /// <summary>It was to be told something, and had gone.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>How the push begins in which an engine names keys.</summary>
    public static ReadOnlySpan<byte> PushHead => ">2\r\n$10\r\ninvalidate\r\n"u8;

    private static ReadOnlySpan<byte> MessageHead => "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"u8;

    /// <summary>Looks for it; the session goes on when it is known.</summary>
    public void Find() => Visit(static _ => { }, exists =>
    {
        Exists = exists;
        session.Resume(SessionWait.Tracking);
    });

    /// <summary>Hands on what an engine told; when nobody is there any more, the session that tracks is told so, if it can be.</summary>
    /// <param name="frame">A push of RESP3: <c>invalidate</c> with keys, or with null for all.</param>
    public void Tell(ReadOnlySpan<byte> frame)
    {
        if (!frame.StartsWith(PushHead))
        {
            return;
        }

        ReadOnlySpan<byte> keys = frame[PushHead.Length..];
        byte[] told = keys.StartsWith("_"u8) && session.State.Protocol == 2 ? "$-1\r\n"u8.ToArray() : keys.ToArray();
        Visit(target => Take(target, told), exists =>
        {
            if (!exists)
            {
                Break();
            }
        });
    }

    private static void Take(ClientSession target, byte[] keys)
    {
        if (target.State.Protocol == 3)
        {
            target.Push([.. PushHead, .. keys]);
        }
        else if (target.IsSubscriber)
        {
            target.Push([.. MessageHead, .. keys]);
        }
    }

    private void Break()
    {
        IsBroken = true;
        if (session.State.Protocol == 3)
        {
            OutputBuffer push = new(static _ => { });
            RespWriter.WritePushHeader(push, 2, 3);
            RespWriter.WriteBulk(push, "tracking-redir-broken"u8);
            RespWriter.WriteInteger(push, id);
            session.Push(push.Pending);
            push.Release();
        }
    }

    private void Visit(Action<ClientSession> tell, Action<bool> done)
    {
        // An id says which loop its connection belongs to.
        ProxyLoop home = session.Loop;
        ProxyLoop loop = home.Plane.Loops[(int)(Math.Max(0, id) % home.Plane.Loops.Count)];
        int database = session.Database.Route.Uid;
        loop.Io.Post(() =>
        {
            ClientSession? target = loop.Databases.TryGetValue(database, out LoopDatabase? found) ? found.Sessions.GetValueOrDefault(id) : null;
            bool exists = target is { HasEnded: false };
            if (exists)
            {
                tell(target!);
            }

            home.Io.Post(() =>
            {
                if (!session.HasEnded)
                {
                    done(exists);
                }
            });
        });
    }
}
