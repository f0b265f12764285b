using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of list commands.</summary>
internal static class ListReplies
{
    /// <summary><c>[key, element]</c> or null.</summary>
    public static readonly ReplyReader<KeyedElement?> Keyed = static (ref RespReader reply) =>
    {
        if (reply.IsNull)
        {
            return null;
        }

        reply.Require(2, "a key and an element");
        var key = reply.Next(ReplyReaders.Key);
        return new KeyedElement(key, reply.Next(ReplyReaders.Bytes));
    };

    /// <summary>The element of <c>[key, element]</c>, or null.</summary>
    public static readonly ReplyReader<string?> SecondText = static (ref RespReader reply) =>
    {
        if (reply.IsNull)
        {
            return null;
        }

        reply.Require(2, "a key and an element");
        reply.Read();
        return reply.Next(ReplyReaders.Text);
    };

    /// <summary><c>[key, [element ...]]</c> or null.</summary>
    public static readonly ReplyReader<PoppedElements?> Popped = static (ref RespReader reply) =>
    {
        if (reply.IsNull)
        {
            return null;
        }

        reply.Require(2, "a key and its elements");
        var key = reply.Next(ReplyReaders.Key);
        return new PoppedElements(key, reply.Next(ReplyReaderFor<string>.Array));
    };
}
