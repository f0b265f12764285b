namespace Baton.Client;

/// <summary>
/// Named fields of a reply: a map, or in RESP2 an array of names and values by turns. For replies nobody asks for often.
/// </summary>
internal static class ReplyFields
{
    /// <summary>The field's value, or null when the server does not tell it.</summary>
    public static RedisReply? Find(this RedisReply reply, string name)
    {
        for (var index = 0; index + 1 < reply.Items.Count; index += 2)
        {
            if (reply.Items[index].AsString() == name)
            {
                return reply.Items[index + 1];
            }
        }

        return null;
    }

    /// <summary>The field's value.</summary>
    /// <exception cref="RedisReplyException">There is no such field.</exception>
    public static RedisReply Require(this RedisReply reply, string name) =>
        reply.Find(name) ?? throw new RedisReplyException($"The server's reply has no field '{name}'.");

    /// <summary>A number; 0 when the server does not tell it.</summary>
    public static long Number(this RedisReply reply, string name) => reply.NumberOrNull(name) ?? 0;

    /// <summary>A number; null when the server does not tell it.</summary>
    public static long? NumberOrNull(this RedisReply reply, string name) => reply.Find(name) is { IsNull: false } value ? value.AsInt64() : null;

    /// <summary>Text; empty when the server does not tell it.</summary>
    public static string Text(this RedisReply reply, string name) => reply.Find(name)?.AsString() ?? "";

    /// <summary>Milliseconds; null when the server does not tell them.</summary>
    public static TimeSpan? Milliseconds(this RedisReply reply, string name) =>
        reply.NumberOrNull(name) is { } number ? TimeSpan.FromMilliseconds(number) : null;
}
