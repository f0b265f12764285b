using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>What only Redis has: streams with groups, functions.</summary>
internal static class RedisOnlyData
{
    public static async Task WriteAsync(MoveLab move)
    {
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        await client.DemandAsync(["XADD", "stream", "1-1", "f", "v"], move.Lab.Token);
        await client.DemandAsync(["XADD", "stream", "2-1", "f", "w"], move.Lab.Token);
        await client.DemandAsync(["XGROUP", "CREATE", "stream", "group", "0"], move.Lab.Token);
        await client.DemandAsync(["XREADGROUP", "GROUP", "group", "me", "COUNT", "1", "STREAMS", "stream", ">"], move.Lab.Token);
        await client.DemandAsync(
            ["FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('seven', function() return 7 end)"], move.Lab.Token);
    }

    public static async Task AssertOnAsync(MoveLab move, IShardEngine engine)
    {
        await using RespConnection client = await move.Lab.ConnectAsync(engine);
        Assert.Equal(2, (await client.CallAsync(["XLEN", "stream"], move.Lab.Token)).Integer);
        Assert.Equal(1, (await client.DemandAsync(["XPENDING", "stream", "group"], move.Lab.Token)).Items![0].Integer);
        Assert.Equal(7, (await client.CallAsync(["FCALL", "seven", "0"], move.Lab.Token)).Integer);
    }
}
