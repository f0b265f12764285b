using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// What an engine must know about a session on whichever connection serves it. (A session's name, its reply mode, its login and its opt-in are the
/// proxy's business alone; tracking has links of its own.) A lane is dressed once, when it is made, and serves the sessions that want the same. A link
/// of one session's own outlives the session's changes of mind: it is dressed again right before each command.
/// </summary>
/// <param name="Protocol">2 or 3.</param>
/// <param name="Database">The SELECTed database.</param>
internal readonly record struct LinkDress(int Protocol, int Database)
{
    /// <summary>Tells a link what differs from what it was told last.</summary>
    public void PutOn(ShardLink link)
    {
        if (link.Dress == this)
        {
            return;
        }

        if (link.Protocol != Protocol)
        {
            Tell(link, "HELLO", Protocol);
        }

        if (link.Database != Database)
        {
            Tell(link, "SELECT", Database);
        }

        link.Dress = this;
    }

    private static void Tell(ShardLink link, string command, int value)
    {
        RespWriter.WriteCommand(link.Output, command, value.ToString(CultureInfo.InvariantCulture));
        link.Expect(DiscardSink.Instance, 1);
    }
}
