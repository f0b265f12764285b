using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Pairs in each form servers write them.</summary>
internal static class PairReplies
{
    /// <summary>
    /// A map; an array of keys and values by turns (RESP2); or an array of arrays of two (RESP3 for scores, RESP2 for streams). The first of a
    /// pair is never an aggregate, which tells the last two apart. Null is empty.
    /// </summary>
    public static ReplyReader<TPair[]> Of<TFirst, TSecond, TPair>(
        ReplyReader<TFirst> first, ReplyReader<TSecond> second, Func<TFirst, TSecond, TPair> pair) =>
        (ref RespReader reply) => Read(ref reply, first, second, pair);

    /// <summary>Pairs as the framework has them.</summary>
    public static ReplyReader<KeyValuePair<TFirst, TSecond>[]> Of<TFirst, TSecond>(ReplyReader<TFirst> first, ReplyReader<TSecond> second) =>
        Of(first, second, static (key, value) => new KeyValuePair<TFirst, TSecond>(key, value));

    /// <summary>The only pair there is; null for none.</summary>
    public static ReplyReader<TPair?> OneOf<TFirst, TSecond, TPair>(
        ReplyReader<TFirst> first, ReplyReader<TSecond> second, Func<TFirst, TSecond, TPair> pair)
        where TPair : struct =>
        (ref RespReader reply) => Read(ref reply, first, second, pair) is { Length: > 0 } pairs ? pairs[0] : null;

    /// <summary>Moves to the next value and reads it.</summary>
    public static T Next<T>(this ref RespReader reply, ReplyReader<T> reader)
    {
        reply.Read();
        return reader(ref reply);
    }

    /// <summary>The same reader, which passes over what it does not read of an aggregate: later servers tell more.</summary>
    public static ReplyReader<T> Whole<T>(ReplyReader<T> reader) => (ref RespReader reply) =>
    {
        var after = reply;
        after.SkipChildren();
        var result = reader(ref reply);
        reply = after;
        return result;
    };

    /// <summary>Checks that an aggregate of at least so many values begins here.</summary>
    public static void Require(this in RespReader reply, int count, string wanted)
    {
        if (reply.IsNull || reply.Count < count)
        {
            throw ReplyReaders.Unexpected(reply, wanted);
        }
    }

    private static TPair[] Read<TFirst, TSecond, TPair>(
        ref RespReader reply, ReplyReader<TFirst> first, ReplyReader<TSecond> second, Func<TFirst, TSecond, TPair> pair)
    {
        if (reply.IsNull)
        {
            return [];
        }

        if (reply.Kind is not ((byte)'*' or (byte)'%' or (byte)'~' or (byte)'>'))
        {
            throw ReplyReaders.Unexpected(reply, "pairs");
        }

        var (isMap, count) = (reply.Kind == '%', reply.Count);
        if (count == 0)
        {
            return [];
        }

        reply.Read();
        var isNested = !isMap && reply.Kind == '*' && reply.Count == 2;
        if (!isNested && (count & 1) != 0)
        {
            throw ReplyReaders.Unexpected(reply, "pairs");
        }

        var pairs = new TPair[isNested ? count : count / 2];
        for (var index = 0; index < pairs.Length; index++)
        {
            if (index > 0)
            {
                reply.Read();
            }

            if (isNested)
            {
                reply.Require(2, "a pair");
                reply.Read();
            }

            var key = first(ref reply);
            pairs[index] = pair(key, reply.Next(second));
        }

        return pairs;
    }
}
