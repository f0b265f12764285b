namespace Baton.Client;

/// <summary>Reads the reply of HELLO: a map with <c>server</c>, <c>version</c>, <c>proto</c>, <c>id</c>.</summary>
internal static class ServerInfo
{
    /// <summary>What it says; what it leaves out has a default.</summary>
    public static ServerGreeting Parse(RedisReply hello)
    {
        var greeting = new ServerGreeting(hello.Kind == '%' ? 3 : 2, 0, "", "", false, null);
        for (var index = 0; index + 1 < hello.Items.Count; index += 2)
        {
            var value = hello.Items[index + 1];
            greeting = hello.Items[index].AsString() switch
            {
                "server" => greeting with { Server = value.AsString() ?? "" },
                "version" => greeting with { Version = value.AsString() ?? "" },
                "proto" => greeting with { Protocol = (int)value.AsInt64() },
                "id" => greeting with { ClientId = value.AsInt64() },
                _ => greeting,
            };
        }

        return greeting;
    }
}
