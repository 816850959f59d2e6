<?php
/**
 * Prints a PHP API as JSON, for `cargo xtask stubs` to compare.
 *
 *   php api_dump.php stub FILE       what FILE declares
 *   php api_dump.php extension NAME  what the loaded extension NAME registers
 *
 * Both outputs have the same shape, so that a plain comparison of the two trees finds each
 * difference. What reflection shows differently for the two kinds of code is evened out here.
 */

/** @return array{0: list<string>, 1: list<string>, 2: array<string, mixed>} classes, functions, constants */
function from_stub(string $file): array
{
    $known = [...get_declared_classes(), ...get_declared_interfaces(), ...get_declared_traits()];
    $functions = get_defined_functions()['user'];
    $constants = get_defined_constants(true)['user'] ?? [];
    require $file;
    return [
        array_values(array_diff(
            [...get_declared_classes(), ...get_declared_interfaces(), ...get_declared_traits()],
            $known,
        )),
        array_values(array_diff(get_defined_functions()['user'], $functions)),
        array_diff_key(get_defined_constants(true)['user'] ?? [], $constants),
    ];
}

/** @return array{0: list<string>, 1: list<string>, 2: array<string, mixed>} classes, functions, constants */
function from_extension(string $name): array
{
    $extension = new ReflectionExtension($name);
    return [
        $extension->getClassNames(),
        array_keys($extension->getFunctions()),
        get_defined_constants(true)[$name] ?? [],
    ];
}

/** A type as text, the parts of unions and intersections in one order. */
function type_text(?ReflectionType $type, ?string $self): ?string
{
    if ($type === null) {
        return null;
    }
    if ($type instanceof ReflectionNamedType) {
        $name = $type->getName();
        // An internal function names the class where a stub may say `self`.
        $name = $name === 'self' && $self !== null ? $self : $name;
        return $type->allowsNull() && !in_array($name, ['mixed', 'null'], true) ? "?$name" : $name;
    }
    $parts = array_map(fn (ReflectionType $part) => type_text($part, $self), $type->getTypes());
    sort($parts);
    if ($type instanceof ReflectionIntersectionType) {
        return '(' . implode('&', $parts) . ')';
    }
    return implode('|', $parts);
}

/** @return array<string, mixed> */
function parameter(ReflectionParameter $parameter, ?string $self): array
{
    $dump = [
        'name' => $parameter->getName(),
        'type' => type_text($parameter->getType(), $self),
        'optional' => $parameter->isOptional(),
        'by-ref' => $parameter->isPassedByReference(),
        'variadic' => $parameter->isVariadic(),
    ];
    if ($parameter->isDefaultValueAvailable()) {
        $dump['default'] = $parameter->isDefaultValueConstant()
            ? ltrim(str_replace('self::', "$self::", $parameter->getDefaultValueConstantName()), '\\')
            : json_encode($parameter->getDefaultValue());
    }
    return $dump;
}

/** @return array<string, mixed> */
function signature(ReflectionFunctionAbstract $function, ?string $self): array
{
    return [
        'params' => array_map(fn ($parameter) => parameter($parameter, $self), $function->getParameters()),
        // Internal methods may have a tentative type, which userland code may leave out.
        'returns' => type_text($function->getReturnType() ?? $function->getTentativeReturnType(), $self),
        'returns-reference' => $function->returnsReference(),
        'deprecated' => $function->isDeprecated() || str_contains((string) $function->getDocComment(), '@deprecated'),
    ];
}

function visibility(ReflectionMethod|ReflectionProperty|ReflectionClassConstant $member): string
{
    return match (true) {
        $member->isPublic() => 'public',
        $member->isProtected() => 'protected',
        default => 'private',
    };
}

/** @return array<string, mixed> */
function class_dump(ReflectionClass $class): array
{
    $name = $class->getName();
    $own = fn ($member) => $member->getDeclaringClass()->getName() === $name;

    $constants = $properties = $methods = [];
    foreach (array_filter($class->getReflectionConstants(), $own) as $constant) {
        $constants[$constant->getName()] = [
            'visibility' => visibility($constant),
            'final' => $constant->isFinal(),
            'case' => $constant->isEnumCase(),
            'value' => $constant->isEnumCase() ? null : json_encode($constant->getValue()),
        ];
    }
    foreach (array_filter($class->getProperties(), $own) as $property) {
        if (!$property->isPrivate()) {
            $properties[$property->getName()] = [
                'visibility' => visibility($property),
                'static' => $property->isStatic(),
                'readonly' => $property->isReadOnly(),
                'type' => type_text($property->getType(), $name),
            ];
        }
    }
    foreach (array_filter($class->getMethods(), $own) as $method) {
        $methods[$method->getName()] = [
            'visibility' => visibility($method),
            'static' => $method->isStatic(),
            'final' => $method->isFinal(),
            'abstract' => $method->isAbstract(),
            ...signature($method, $name),
        ];
    }
    $interfaces = $class->getInterfaceNames();
    sort($interfaces);
    return [
        'kind' => match (true) {
            $class->isInterface() => 'interface',
            $class->isTrait() => 'trait',
            $class->isEnum() => 'enum',
            default => 'class',
        },
        'final' => $class->isFinal(),
        'abstract' => !$class->isInterface() && $class->isAbstract(),
        'readonly' => method_exists($class, 'isReadOnly') && $class->isReadOnly(),
        'parent' => ($class->getParentClass() ?: null)?->getName(),
        'interfaces' => $interfaces,
        'constants' => (object) $constants,
        'properties' => (object) $properties,
        'methods' => (object) $methods,
    ];
}

[, $source, $argument] = $argv;
[$classes, $functions, $constants] = $source === 'stub' ? from_stub($argument) : from_extension($argument);

$dump = ['classes' => [], 'functions' => [], 'constants' => []];
foreach ($classes as $name) {
    $dump['classes'][$name] = class_dump(new ReflectionClass($name));
}
foreach ($functions as $name) {
    // Function names come in lower case; the reflected one is as written.
    $function = new ReflectionFunction($name);
    $dump['functions'][$function->getName()] = signature($function, null);
}
foreach ($constants as $name => $value) {
    $dump['constants'][$name] = json_encode($value);
}
echo json_encode(array_map(fn (array $part) => (object) $part, $dump), JSON_THROW_ON_ERROR), "\n";
