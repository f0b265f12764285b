using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.FakeEngine;

/// <summary>CONFIG GET and CONFIG SET of a <see cref="FakeEngine"/>.</summary>
internal static class FakeConfiguration
{
    public static void Execute(FakeEngine engine, OutputBuffer output, int protocol, string[] command)
    {
        if (command[1] == "SET")
        {
            Set(engine, output, command[2..]);
            return;
        }

        (string Name, string Value)[] found =
            [.. engine.Configuration.Where(c => command[2] == "*" || command[2..].Contains(c.Key)).Select(c => (c.Key, c.Value))];
        RespWriter.WriteMapHeader(output, found.Length, protocol);
        foreach ((string name, string value) in found)
        {
            RespWriter.WriteBulk(output, name);
            RespWriter.WriteBulk(output, value);
        }
    }

    private static void Set(FakeEngine engine, OutputBuffer output, string[] pairs)
    {
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i + 1] == "bad")
            {
                RespWriter.WriteError(output, $"ERR CONFIG SET failed (possibly related to argument '{pairs[i]}') - Invalid argument");
                return;
            }
        }

        for (int i = 0; i < pairs.Length; i += 2)
        {
            engine.Configuration[pairs[i]] = pairs[i + 1];
        }

        RespWriter.WriteSimple(output, "OK");
    }
}
