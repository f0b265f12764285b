using System.Globalization;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy;

/// <summary>
/// Random clients with pipelines over several shards, while holds and switches come at random moments: every command is answered once, in order, and
/// executed once; nothing acknowledged is missing afterwards. One seed is one run; a failure names it.
/// </summary>
public sealed class MovingModelTests
{
    private const int Steps = 400;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_command_is_answered_once_in_order_and_executed_once(int seed)
    {
        Random random = new(seed);
        int shards = random.Next(1, 4);
        ProxyWorld world = new(
            seed, shards, loops: random.Next(1, 4), capabilities: ProxyWorld.Redis with { SafeBlocking = seed % 2 == 0 });
        world.Driver.MaxChunk = random.Next(3) == 0 ? 5 : int.MaxValue;
        ModelClient[] clients = [.. Enumerable.Range(0, 6).Select(i => new ModelClient(world, i, random))];

        for (int step = 0; step < Steps; step++)
        {
            clients[random.Next(clients.Length)].SendSomething();
            if (random.Next(40) == 0)
            {
                Disturb(world, random.Next(1, shards + 1), random);
            }
            else if (random.Next(3) == 0)
            {
                world.Driver.Advance(random.Next(3));
            }
        }

        foreach (ModelClient client in clients)
        {
            client.CheckReplies(seed);
        }

        CheckExecutedOnce(world, clients, seed);
    }

    private static void Disturb(ProxyWorld world, int shard, Random random)
    {
        if (random.Next(3) > 0)
        {
            world.Switch(shard);
            return;
        }

        IShardHold hold = world.Hold(shard);
        world.Driver.Advance(random.Next(600));
        world.Driver.RunUntil(hold.ReleaseAsync());
    }

    private static void CheckExecutedOnce(ProxyWorld world, ModelClient[] clients, int seed)
    {
        Dictionary<string, int> executed = [];
        foreach (string line in world.Engines.SelectMany(engine => engine.Store.Log))
        {
            executed[line] = executed.GetValueOrDefault(line) + 1;
        }

        foreach (ModelClient client in clients)
        {
            foreach (string command in client.UniqueWrites)
            {
                Assert.True(executed.GetValueOrDefault(command) == 1, $"seed {seed}: '{command}' was executed {executed.GetValueOrDefault(command)} times");
            }
        }
    }

    /// <summary>A client with keys of its own, so that it knows every reply beforehand.</summary>
    private sealed class ModelClient
    {
        private readonly MemoryClient _client;
        private readonly string _name;
        private readonly Random _random;
        private readonly List<string> _expected = [];
        private readonly Dictionary<string, string> _values = [];
        private readonly Dictionary<string, int> _counters = [];
        private int _sequence;

        public ModelClient(ProxyWorld world, int index, Random random)
        {
            (_client, _name, _random) = (world.Connect(), $"c{index}", random);
        }

        /// <summary>Writes that occur once in the whole run, as the engine's log has them.</summary>
        public List<string> UniqueWrites { get; } = [];

        public void SendSomething()
        {
            for (int i = _random.Next(1, 8); i > 0; i--)
            {
                SendOne();
            }
        }

        public void CheckReplies(int seed)
        {
            string[] replies = _client.Next(_expected.Count);
            for (int i = 0; i < replies.Length; i++)
            {
                Assert.True(_expected[i] == replies[i], $"seed {seed}: client {_name}, reply {i} is '{replies[i]}' and should be '{_expected[i]}'");
            }

            Assert.Equal("+PONG\r\n", _client.Ask("PING"));
            Assert.Empty(_client.Frames);
        }

        private void SendOne()
        {
            string key = $"{_name}:{_random.Next(5)}";
            switch (_random.Next(7))
            {
                case 0 or 1:
                    Set(key);
                    break;
                case 2:
                    _client.Send("GET", key);
                    _expected.Add(Bulk(_values.GetValueOrDefault(key)));
                    break;
                case 3:
                    _client.Send("INCR", $"{key}:n");
                    _expected.Add($":{_counters[key] = _counters.GetValueOrDefault(key) + 1}\r\n");
                    break;
                case 4:
                    string[] keys = [.. Enumerable.Range(0, 3).Select(_ => $"{_name}:{_random.Next(5)}")];
                    _client.Send(["MGET", .. keys]);
                    _expected.Add("*3\r\n" + string.Concat(keys.Select(each => Bulk(_values.GetValueOrDefault(each)))));
                    break;
                case 5:
                    Transaction(key);
                    break;
                default:
                    PushAndPop();
                    break;
            }
        }

        private void Set(string key)
        {
            string value = $"{_name}-{_sequence++}";
            _client.Send("SET", key, value);
            _expected.Add("+OK\r\n");
            _values[key] = value;
            UniqueWrites.Add($"SET {key} {value}");
        }

        private void Transaction(string key)
        {
            if (_random.Next(2) == 0)
            {
                _client.Send("WATCH", key);
                _expected.Add("+OK\r\n");
            }

            _client.Send("MULTI").Send("GET", key).Send("EXEC");
            _expected.AddRange(["+OK\r\n", "+QUEUED\r\n", "*1\r\n" + Bulk(_values.GetValueOrDefault(key))]);
        }

        private void PushAndPop()
        {
            string item = _sequence++.ToString(CultureInfo.InvariantCulture);
            string list = $"{_name}:list";
            _client.Send("RPUSH", list, item).Send("BLPOP", list, "0");
            _expected.Add(":1\r\n");
            _expected.Add($"*2\r\n{Bulk(list)}{Bulk(item)}");
            UniqueWrites.Add($"RPUSH {list} {item}");
            UniqueWrites.Add($"BLPOP {list} -> {item}");
        }

        private static string Bulk(string? value) => value is null ? "$-1\r\n" : $"${value.Length}\r\n{value}\r\n";
    }
}
