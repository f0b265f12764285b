using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// Makes a value of a reply. Called on the connection's reader with the cursor on the reply's first value; must read nothing but this reply,
/// keep no reference to its bytes and not block.
/// </summary>
/// <typeparam name="T">What comes out.</typeparam>
/// <param name="reply">On the first value; for an aggregate, <see cref="RespReader.Count"/> values follow.</param>
public delegate T ReplyReader<out T>(ref RespReader reply);
