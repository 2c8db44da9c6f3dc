using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>A function with everything settled that can be settled before it runs.</summary>
internal sealed class BoundFunction
{
    readonly FunctionMethod _function;
    readonly ParameterSource[] _sources;
    readonly ObjectFactory? _create;
    readonly Func<object?, Task<object?>> _await;

    /// <param name="function">The function.</param>
    /// <param name="source">Says where a parameter's value comes from, or throws that it cannot be bound.</param>
    public BoundFunction(FunctionMethod function, Func<ParameterInfo, ParameterSource> source)
    {
        _function = function;
        _sources = [.. function.Method.GetParameters().Select(source)];
        _create = function.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(function.Class, []);
        _await = ReturnedValue.Reader(function.Method.ReturnType);
        Definition = new MethodDefinition(function);
    }

    public FunctionDefinition Definition { get; }

    public string Name => _function.Name;

    /// <summary>Creates the function's class out of the invocation's services and calls the method.</summary>
    /// <returns>What the method returned; null for nothing.</returns>
    public Task<object?> RunAsync(FunctionContext context, object trigger)
    {
        var arguments = Array.ConvertAll(_sources, source => source(context, trigger));
        var target = _create?.Invoke(context.InstanceServices, null);
        return _await(_function.Method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null));
    }
}
