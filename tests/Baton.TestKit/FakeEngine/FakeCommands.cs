using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.FakeEngine;

/// <summary>The data commands of a <see cref="FakeEngine"/>.</summary>
internal sealed class FakeCommands
{
    private readonly FakeEngine _engine;

    public FakeCommands(FakeEngine engine) => _engine = engine;

    private FakeStore Store => _engine.Store;

    public void Execute(FakeConnection connection, string[] command)
    {
        OutputBuffer output = connection.Output;
        switch (command[0])
        {
            case "GET":
                WriteValue(output, connection, command[1]);
                break;
            case "MGET":
                RespWriter.WriteArrayHeader(output, command.Length - 1);
                Array.ForEach(command[1..], key => WriteValue(output, connection, key));
                break;
            case "LRANGE":
                LinkedList<string> list = List(connection, command[1], create: false);
                RespWriter.WriteArrayHeader(output, list.Count);
                list.ToList().ForEach(item => RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(item)));
                break;
            case "DBSIZE":
                RespWriter.WriteInteger(output, Store.Keys.Keys.Count(key => key.Database == connection.Database));
                break;
            case "KEYS":
                string[] keys = [.. Store.Keys.Keys.Where(key => key.Database == connection.Database).Select(key => key.Key)];
                RespWriter.WriteArrayHeader(output, keys.Length);
                Array.ForEach(keys, key => RespWriter.WriteBulk(output, key));
                break;
            case "SCAN":
                if (int.TryParse(command[1], CultureInfo.InvariantCulture, out int cursor))
                {
                    Scan(output, connection, cursor);
                }
                else
                {
                    RespWriter.WriteError(output, "ERR invalid cursor");
                }

                break;
            case "EXISTS":
                RespWriter.WriteInteger(output, command[1..].Count(key => Store.Keys.ContainsKey((connection.Database, key))));
                break;
            case "INFO":
                RespWriter.WriteBulk(output, $"# Clients\r\nconnected_clients:99\r\nblocked_clients:{_engine.BlockedCount}\r\n\r\n# Keyspace\r\n"
                    + $"db0:keys={Store.Keys.Count},expires={Store.Keys.Count},avg_ttl={1000 * Store.Keys.Count}\r\n");
                break;
            case "CONFIG":
                FakeConfiguration.Execute(_engine, output, connection.Protocol, command);
                break;
            case "ECHO":
                RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(command[1]));
                break;
            case "PING":
                RespWriter.WriteSimple(output, "PONG");
                break;
            default:
                if (!FakeScripts.TryExecute(_engine, output, command))
                {
                    ExecuteWrite(output, connection, command);
                }

                break;
        }
    }

    /// <summary>BLPOP with data there: pops and answers.</summary>
    public bool TryPop(FakeConnection connection, string[] command)
    {
        foreach (string key in command[1..^1])
        {
            LinkedList<string> list = List(connection, key, create: false);
            if (list.Count > 0)
            {
                Store.Log.Add($"BLPOP {key} -> {list.First!.Value}");
                RespWriter.WriteArrayHeader(connection.Output, 2);
                RespWriter.WriteBulk(connection.Output, key);
                RespWriter.WriteBulk(connection.Output, Encoding.Latin1.GetBytes(list.First.Value));
                RemoveFirst(connection, key, list);
                return true;
            }
        }

        return false;
    }

    private void Scan(OutputBuffer output, FakeConnection connection, int cursor)
    {
        const int PageSize = 3;
        string[] all = [.. Store.Keys.Keys.Where(key => key.Database == connection.Database).Select(key => key.Key).OrderBy(PlaceOf)];
        string[] page = [.. all.Skip(cursor).Take(PageSize)];
        int next = cursor + PageSize < all.Length ? cursor + PageSize : 0;
        RespWriter.WriteArrayHeader(output, 2);
        RespWriter.WriteBulk(output, next.ToString(CultureInfo.InvariantCulture));
        RespWriter.WriteArrayHeader(output, page.Length);
        Array.ForEach(page, key => RespWriter.WriteBulk(output, key));
    }

    /// <summary>As in a hash table whose seed is the process': a cursor of one engine means nothing to another.</summary>
    private int PlaceOf(string key) => key.Aggregate(_engine.Address.Port * 7919, static (hash, letter) => unchecked((hash ^ letter) * 16777619));

    private void PopOfMany(OutputBuffer output, FakeConnection connection, string[] keys)
    {
        foreach (string key in keys)
        {
            LinkedList<string> list = List(connection, key, create: false);
            if (list.Count > 0)
            {
                Store.Log.Add($"BLPOP {key} -> {list.First!.Value}");
                RespWriter.WriteArrayHeader(output, 2);
                RespWriter.WriteBulk(output, key);
                RespWriter.WriteArrayHeader(output, 1);
                RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(list.First.Value));
                RemoveFirst(connection, key, list);
                return;
            }
        }

        RespWriter.WriteNullArray(output, 2);
    }

    private void ExecuteWrite(OutputBuffer output, FakeConnection connection, string[] command)
    {
        if (_engine.IsFenced)
        {
            RespWriter.WriteError(output, "READONLY You can't write against a read only replica.");
            return;
        }

        Store.Log.Add(string.Join(' ', command));
        switch (command[0])
        {
            case "SET":
                Set(connection, command[1], command[2]);
                RespWriter.WriteSimple(output, "OK");
                break;
            case "MSET":
                for (int i = 1; i + 1 < command.Length; i += 2)
                {
                    Set(connection, command[i], command[i + 1]);
                }

                RespWriter.WriteSimple(output, "OK");
                break;
            case "INCR":
                long value = long.Parse((string)Store.Keys.GetValueOrDefault((connection.Database, command[1]), "0"), CultureInfo.InvariantCulture) + 1;
                Set(connection, command[1], value.ToString(CultureInfo.InvariantCulture));
                RespWriter.WriteInteger(output, value);
                break;
            case "DEL" or "UNLINK":
                RespWriter.WriteInteger(output, command[1..].Count(key => Remove(connection, key)));
                break;
            case "RPUSH" or "LPUSH":
                Push(output, connection, command);
                break;
            case "LMPOP":
                Store.Log.RemoveAt(Store.Log.Count - 1);
                PopOfMany(output, connection, command[2..^1]);
                break;
            case "LPOP":
                Pop(output, connection, command[1]);
                break;
            case "FLUSHALL" or "FLUSHDB":
                foreach ((int database, string key) in Store.Keys.Keys)
                {
                    Store.Touch(database, key);
                }

                Store.Keys.Clear();
                _engine.Tracking.Flushed();
                RespWriter.WriteSimple(output, "OK");
                break;
            case "PUBLISH" or "SPUBLISH":
                bool sharded = command[0] == "SPUBLISH";
                RespWriter.WriteInteger(output, _engine.Publish(command[1], command[2], sharded));
                break;
            default:
                Store.Log.RemoveAt(Store.Log.Count - 1);
                RespWriter.WriteError(output, $"ERR unknown command '{command[0]}'");
                break;
        }
    }

    private void Push(OutputBuffer output, FakeConnection connection, string[] command)
    {
        LinkedList<string> list = List(connection, command[1], create: true);
        foreach (string item in command[2..])
        {
            _ = command[0] == "RPUSH" ? list.AddLast(item) : list.AddFirst(item);
        }

        RespWriter.WriteInteger(output, list.Count);
        Touch(connection, command[1]);
        _engine.ServeBlocked();
    }

    private void Pop(OutputBuffer output, FakeConnection connection, string key)
    {
        LinkedList<string> list = List(connection, key, create: false);
        if (list.Count == 0)
        {
            RespWriter.WriteNull(output, connection.Protocol);
            return;
        }

        RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(list.First!.Value));
        RemoveFirst(connection, key, list);
    }

    private void RemoveFirst(FakeConnection connection, string key, LinkedList<string> list)
    {
        list.RemoveFirst();
        Touch(connection, key);
        if (list.Count == 0)
        {
            Store.Keys.Remove((connection.Database, key));
        }
    }

    private void Set(FakeConnection connection, string key, string value)
    {
        Store.Keys[(connection.Database, key)] = value;
        Touch(connection, key);
    }

    private bool Remove(FakeConnection connection, string key)
    {
        Touch(connection, key);
        return Store.Keys.Remove((connection.Database, key));
    }

    private void Touch(FakeConnection connection, string key)
    {
        Store.Touch(connection.Database, key);
        _engine.Tracking.Changed(connection, key);
    }

    private LinkedList<string> List(FakeConnection connection, string key, bool create)
    {
        if (Store.Keys.GetValueOrDefault((connection.Database, key)) is LinkedList<string> list)
        {
            return list;
        }

        LinkedList<string> made = new();
        if (create)
        {
            Store.Keys[(connection.Database, key)] = made;
        }

        return made;
    }

    private void WriteValue(OutputBuffer output, FakeConnection connection, string key)
    {
        _engine.Tracking.Read(connection, key);
        if (Store.Keys.GetValueOrDefault((connection.Database, key)) is string value)
        {
            RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(value));
        }
        else
        {
            RespWriter.WriteNull(output, connection.Protocol);
        }
    }
}
