using System.Security.Cryptography;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.FakeEngine;

/// <summary>EVAL, EVALSHA and SCRIPT of a <see cref="FakeEngine"/>: a script answers with its own body; one with <c>!</c> does not compile.</summary>
internal static class FakeScripts
{
    /// <summary>The name a body has.</summary>
#pragma warning disable CA5350 // Redis names scripts by SHA-1.
    public static string NameOf(string body) => Convert.ToHexStringLower(SHA1.HashData(Encoding.Latin1.GetBytes(body)));
#pragma warning restore CA5350

    /// <summary>Carries out the command if it is one of these.</summary>
    public static bool TryExecute(FakeEngine engine, OutputBuffer output, string[] command)
    {
        switch (command[0])
        {
            case "EVAL":
                Load(engine, output, command[1], reply: command[1]);
                return true;
            case "EVALSHA":
                string? body = engine.Scripts.FirstOrDefault(each => NameOf(each) == command[1].ToLowerInvariant());
                if (body is null)
                {
                    RespWriter.WriteError(output, "NOSCRIPT No matching script. Please use EVAL.");
                }
                else
                {
                    RespWriter.WriteBulk(output, body);
                }

                return true;
            case "SCRIPT":
                Script(engine, output, command);
                return true;
            case "FUNCTION":
                Function(engine, output, command);
                return true;
            default:
                return false;
        }
    }

    private static void Script(FakeEngine engine, OutputBuffer output, string[] command)
    {
        switch (command[1])
        {
            case "LOAD":
                Load(engine, output, command[2], reply: NameOf(command[2]));
                break;
            case "KILL" when engine.Connections.Find(each => each.RunsScript) is { } running:
                RespWriter.WriteSimple(output, "OK");
                running.Unblock(withError: true);
                break;
            case "KILL":
                RespWriter.WriteError(output, "NOTBUSY No scripts in execution right now.");
                break;
            case "EXISTS":
                RespWriter.WriteArrayHeader(output, command.Length - 2);
                Array.ForEach(command[2..], name => RespWriter.WriteInteger(output, engine.Scripts.Any(body => NameOf(body) == name) ? 1 : 0));
                break;
            default:
                engine.Scripts.Clear();
                RespWriter.WriteSimple(output, "OK");
                break;
        }
    }

    /// <summary>DUMP and RESTORE carry the names, one by one.</summary>
    private static void Function(FakeEngine engine, OutputBuffer output, string[] command)
    {
        switch (command[1])
        {
            case "DUMP":
                RespWriter.WriteBulk(output, string.Join(',', engine.Functions));
                break;
            case "RESTORE":
                engine.Functions.Clear();
                engine.Functions.UnionWith(command[2].Split(',', StringSplitOptions.RemoveEmptyEntries));
                RespWriter.WriteSimple(output, "OK");
                break;
            default:
                engine.Functions.Add(command[^1]);
                RespWriter.WriteBulk(output, command[^1]);
                break;
        }
    }

    private static void Load(FakeEngine engine, OutputBuffer output, string body, string reply)
    {
        if (body.Contains('!', StringComparison.Ordinal))
        {
            RespWriter.WriteError(output, "ERR Error compiling script");
            return;
        }

        engine.Scripts.Add(body);
        RespWriter.WriteBulk(output, reply);
    }
}
