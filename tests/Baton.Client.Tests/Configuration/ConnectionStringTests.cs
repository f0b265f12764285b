using System.Security.Authentication;
using Xunit;

namespace Baton.Client.Tests.Configuration;

public sealed class ConnectionStringTests
{
    private static readonly RedisClientOptions Default = new();

    [Theory]
    [InlineData("redis://h", "h:6379")]
    [InlineData("redis://h:7000/", "h:7000")]
    [InlineData("REDIS://h1:1,h2,[::1]:3/0", "h1:1 h2:6379 [::1]:3")]
    [InlineData("redis://[fe80::1]", "[fe80::1]:6379")]
    [InlineData("rediss://h", "h:6379 tls")]
    [InlineData("redis://h?ssl=true", "h:6379 tls")]
    [InlineData("redis://h/5", "h:6379 db=5")]
    [InlineData("redis://h?db=5", "h:6379 db=5")]
    [InlineData("redis://:p%40ss@h", "h:6379 password=p@ss")]
    [InlineData("redis://u:p:w@h", "h:6379 user=u password=p:w")]
    [InlineData("redis://u%2Fx:a@b@h", "h:6379 user=u/x password=a@b")]
    [InlineData("unix:///run/redis.sock", "unix:/run/redis.sock")]
    [InlineData("redis+unix:///run/my%20redis.sock?db=1", "unix:/run/my redis.sock db=1")]
    [InlineData("unix://u:p@/run/redis.sock", "unix:/run/redis.sock user=u password=p")]
    [InlineData("h", "h:6379")]
    [InlineData("h1:1, h2 ,[::1]:3", "h1:1 h2:6379 [::1]:3")]
    [InlineData("h,password=a=b,user=u,defaultDatabase=2", "h:6379 user=u password=a=b db=2")]
    [InlineData("h,ssl=true", "h:6380 tls")]
    [InlineData("h:6379,SSL=True", "h:6379 tls")]
    public void Where_to_and_as_whom(string text, string expected) => Assert.Equal(expected, Describe(RedisClientOptions.Parse(text)));

    [Fact]
    public void Every_option_can_be_written_in_a_uri()
    {
        var options = RedisClientOptions.Parse(
            "rediss://h?clientName=me&sslHost=name&sslProtocols=tls12|tls13&protocol=3&connectTimeout=1s&commandTimeout=2000&blockingMargin=3s"
            + "&keepAlive=60&reconnectDelay=5ms&maxReconnectDelay=1m&maxBufferedBytes=1000&maxReplyBytes=2000&maxDedicatedConnections=3"
            + "&maintNotifications=enabled&movingEndpointType=external-fqdn&relaxedTimeout=infinite&relaxedBlockingMargin=00:00:40"
            + "&longestWindow=1h&tail=0&handoffTimeout=2.5s&holdLimit=300&proactiveHandoff=false&dnsPoll=100ms");

        Assert.Equal(
            Default with
            {
                Endpoints = options.Endpoints,
                ClientName = "me",
                Tls = new RedisTlsOptions { ServerName = "name", Protocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
                Protocol = RedisProtocol.Resp3,
                ConnectTimeout = TimeSpan.FromSeconds(1),
                CommandTimeout = TimeSpan.FromSeconds(2),
                BlockingMargin = TimeSpan.FromSeconds(3),
                KeepAlive = TimeSpan.FromSeconds(60),
                ReconnectDelay = TimeSpan.FromMilliseconds(5),
                MaxReconnectDelay = TimeSpan.FromMinutes(1),
                MaxBufferedBytes = 1000,
                MaxReplyBytes = 2000,
                MaxDedicatedConnections = 3,
                Maintenance = new MaintenanceOptions
                {
                    Mode = MaintenanceMode.Enabled,
                    EndpointForm = MovingEndpointForm.ExternalFqdn,
                    RelaxedTimeout = Timeout.InfiniteTimeSpan,
                    RelaxedBlockingMargin = TimeSpan.FromSeconds(40),
                    LongestWindow = TimeSpan.FromHours(1),
                    Tail = TimeSpan.Zero,
                    HandoffTimeout = TimeSpan.FromSeconds(2.5),
                    HoldLimit = TimeSpan.FromMilliseconds(300),
                    ProactiveHandoff = false,
                    DnsPoll = TimeSpan.FromMilliseconds(100),
                },
            },
            options);
        options.Validate();
    }

    [Fact]
    public void Every_property_that_text_can_set_is_reachable()
    {
        // Everything but what only code can give: places (written otherwise), log, clock, the cache, the whole of Tls and Maintenance.
        string[] byCode = ["Endpoints", "LoggerFactory", "TimeProvider", "Tls", "Maintenance", "MapEndpoint", "Caching"];
        string[] missing = [.. typeof(RedisClientOptions).GetProperties().Concat(typeof(MaintenanceOptions).GetProperties())
            .Select(property => property.Name)
            .Where(name => !byCode.Contains(name) && OptionNames.Find(name) is null)];

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("auto", MovingEndpointForm.Auto)]
    [InlineData("internal-ip", MovingEndpointForm.InternalIp)]
    [InlineData("internal-fqdn", MovingEndpointForm.InternalFqdn)]
    [InlineData("external-ip", MovingEndpointForm.ExternalIp)]
    [InlineData("ExternalFqdn", MovingEndpointForm.ExternalFqdn)]
    [InlineData("none", MovingEndpointForm.None)]
    [InlineData("server-default", MovingEndpointForm.ServerDefault)]
    public void Forms_of_places(string word, MovingEndpointForm form) =>
        Assert.Equal(form, RedisClientOptions.Parse($"h,movingEndpointType={word},maintNotifications=Auto").Maintenance.EndpointForm);

    [Fact]
    public void What_a_user_of_StackExchange_Redis_has()
    {
        var options = RedisClientOptions.Parse("h:1,h:2,password=x,name=app,connectTimeout=1500,syncTimeout=2500,keepAlive=30,protocol=resp3,maintNotifications=disabled");

        Assert.Equal(("app", 1.5, 2.5, 30), (options.ClientName, options.ConnectTimeout.TotalSeconds, options.CommandTimeout.TotalSeconds, options.KeepAlive.TotalSeconds));
        Assert.Equal((RedisProtocol.Resp3, MaintenanceMode.Disabled), (options.Protocol, options.Maintenance.Mode));
    }

    [Theory]
    [InlineData("", "the text names no place")]
    [InlineData(",password=x", "the text names no place")]
    [InlineData("http://h", "the scheme must be redis, rediss")]
    [InlineData("redis://", "place 1 is empty")]
    [InlineData("redis://h1,,h2", "place 2 is empty")]
    [InlineData("redis://h:0", "place 1 has a port")]
    [InlineData("redis://h:x", "place 1 has a port")]
    [InlineData("redis://a,h:70000", "place 2 has a port")]
    [InlineData("redis://::1", "place 1 has several colons")]
    [InlineData("redis://[nothing]:1", "place 1 has no IPv6 address")]
    [InlineData("redis://[::1]x", "place 1 has something other than a port")]
    [InlineData("redis://h/x", "the path must be a database number")]
    [InlineData("redis://h/5?db=6", "the option db is given twice")]
    [InlineData("redis://h?db=70000", "the option db must be a whole number from 0 to 65535")]
    [InlineData("redis://h?connectTimeout", "option 1 after the ? must be name=value")]
    [InlineData("redis://h?tail=1&connectTimeout=soon", "the option connectTimeout must be a time")]
    [InlineData("redis://h?connectTimeout=-1", "the option connectTimeout must be a time")]
    [InlineData("redis://h?maintNotifications=maybe", "the option maintNotifications must be one of auto, enabled, disabled")]
    [InlineData("redis://h?proactiveHandoff=perhaps", "the option proactiveHandoff must be one of true")]
    [InlineData("redis://h?colour=red", "the option colour is unknown")]
    [InlineData("redis://h?clientName=%zz", "the option 1 after the ? has a %")]
    [InlineData("redis://u:%4@h", "the password has a %")]
    [InlineData("redis://h#x", "a # has no meaning")]
    [InlineData("redis://h?clientName=a@b", "an @ comes after")]
    [InlineData("redis://h?sslHost=x", "sslHost and sslProtocols need TLS")]
    [InlineData("rediss://h?ssl=false", "contradicts rediss")]
    [InlineData("unix://host/run/redis.sock", "a unix socket has no host")]
    [InlineData("unix://", "the path of the unix socket is missing")]
    [InlineData("h,abortConnect=false", "the option abortConnect of StackExchange.Redis has no meaning here")]
    [InlineData("h,serviceName=mymaster", "Sentinel is not supported")]
    [InlineData("h,colour=red", "the option colour is unknown")]
    [InlineData("h,db=1,h2", "part 3 is no option")]
    public void What_is_wrong_is_named(string text, string error)
    {
        var thrown = Assert.Throws<ArgumentException>(() => RedisClientOptions.Parse(text));

        Assert.Contains(error, thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever two special characters stand in a password, and whatever is wrong beside or because of them, no error shows a piece.</summary>
    [Fact]
    public void No_error_shows_the_password()
    {
        const string Special = "@:/?#,=%&[] ";
        var errors = 0;
        foreach (var (one, other) in Special.SelectMany(_ => Special, static (one, other) => (one, other)))
        {
            var password = $"QXZ{one}XZQ{other}ZQX";
            string[] texts =
            [
                $"redis://u:{password}@h/0",
                $"redis://u:{password}",
                $"redis://:{password}@h:port?db=x",
                $"h,password={password},db=x",
                $"h:port,password={password},colour=red",
                $"redis://h?password={password}&x=y",
                $"unix://:{password}@/x?db=y",
            ];
            foreach (var error in texts.Select(ErrorOf).OfType<string>())
            {
                errors++;
                Assert.DoesNotContain("QXZ", error, StringComparison.Ordinal);
                Assert.DoesNotContain("XZQ", error, StringComparison.Ordinal);
                Assert.DoesNotContain("ZQX", error, StringComparison.Ordinal);
            }
        }

        Assert.InRange(errors, 500, 1008);
    }

    [Fact]
    public async Task Connecting_by_text_says_what_is_wrong_with_it()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => RedisClient.ConnectAsync("redis://h:0"));
        Assert.Throws<ArgumentException>(() => RedisClient.Create("h,user=u"));
    }

    // What sockets and timers would refuse later, in words of their own, or not at all.
    [Fact]
    public void What_no_socket_and_no_timer_can_do_is_an_error_that_names_the_option()
    {
        var options = new RedisClientOptions();
        Refused("Endpoints", options with { Endpoints = [new RedisEndpoint(new string('a', 256), 6379)] });
        Refused("Endpoints", options with { Endpoints = [new RedisEndpoint("/" + new string('a', 103), 0)] });
        Refused("ConnectTimeout", options with { ConnectTimeout = TimeSpan.MaxValue });
        Refused("CommandTimeout", options with { CommandTimeout = TimeSpan.MaxValue });
        Refused("KeepAlive", options with { KeepAlive = TimeSpan.MaxValue });
        Refused("MaxReconnectDelay", options with { MaxReconnectDelay = TimeSpan.MaxValue });
        Refused("Maintenance.RelaxedTimeout", options with { Maintenance = new() { RelaxedTimeout = TimeSpan.MaxValue } });
        Refused("Maintenance.HandoffTimeout", options with { Maintenance = new() { HandoffTimeout = TimeSpan.MaxValue } });

        var longest = TimeSpan.FromMilliseconds(int.MaxValue);
        (options with
        {
            Endpoints = [new RedisEndpoint("/" + new string('a', 102), 0), new RedisEndpoint(new string('a', 255), 6379)],
            ConnectTimeout = longest,
            CommandTimeout = longest,
        }).Validate();

        static void Refused(string option, RedisClientOptions options) => Assert.Equal(option, Assert.Throws<ArgumentException>(options.Validate).ParamName);
    }

    private static string? ErrorOf(string text)
    {
        try
        {
            RedisClientOptions.Parse(text);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.ToString();
        }
    }

    private static string Describe(RedisClientOptions options)
    {
        var text = string.Join(' ', options.Endpoints);
        text += options.User is null ? "" : $" user={options.User}";
        text += options.Password is null ? "" : $" password={options.Password}";
        text += options.Database == 0 ? "" : $" db={options.Database}";
        return text + (options.Tls is null ? "" : " tls");
    }
}
